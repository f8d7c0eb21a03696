"""Stelo by Dexcom: a glucose sensor. Glucose comes in, and nothing is ever sent. United States only. Pure.

Dexcom's interface only reads (v3, read 2026-11-20) and has no consent for each type: we call the one route for glucose.
What came in is the partner's data and goes out to nobody.
"""

from consent.manifests.shapes import Channel, Direction, Flow, Manifest, Purpose

MANIFEST = Manifest(
    slug="stelo",
    name="Stelo by Dexcom",
    legal_entity="Dexcom, Inc.",
    country="United States",
    summary=(
        "Glucose can come in. Nothing goes out. United States only. "
        "If Apple Health or Health Connect is on too, Stelo may read those on your phone. That is set there."
    ),
    how_often="About once an hour",
    privacy_url="https://www.dexcom.com/en-us/linked/documentservice/PrivacyPolicy",
    deletion_url="https://www.dexcom.com/en-us/contact",
    retention="Dexcom gets nothing from us. Your glucose stays in your Dexcom account too.",
    stopping=(
        "We stop asking Dexcom, and we delete our key to your account. "
        "Dexcom has no way for us to tell them, so remove our app in your Dexcom account too."
    ),
    regions=frozenset({"US"}),
    imports_stay=True,
    flows=(
        Flow(
            direction=Direction.IMPORT,
            data_type="glucose",
            channel=Channel.PUSH,
            fields={"glucose": ("time", "value", "flag", "trend")},
            name="Glucose",
            hint="The sugar in your blood every five minutes, and if it goes up or down.",
            why="shows your glucose next to your sleep, meals and workouts.",
            purpose=Purpose.GLUCOSE_INSIGHT,
        ),
    ),
)
