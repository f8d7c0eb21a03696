"""Open: classes of breath and rest. It reads three facts of each night, and nothing else. Pure.

It reads our API; there is no public interface of its own to speak to (read 2026-11-20). No score, no stages, no heart
rate, and nothing of the readiness that a night's document holds.
"""

from consent.manifests.shapes import Channel, Direction, Flow, Manifest, Purpose

MANIFEST = Manifest(
    slug="open",
    name="Open",
    legal_entity="Open",
    country="United States",
    summary="Classes to breathe, rest and sleep. It can show your sleep next to them.",
    how_often="Once a day",
    privacy_url="https://o-p-e-n.com/privacy",
    deletion_url="https://openhere.co/faq",
    retention="They must delete what they got within 30 days after you stop.",
    stopping=(
        "Open can read nothing more, from that moment. What they have, they must delete within 30 days."
    ),
    flows=(
        Flow(
            direction=Direction.EXPORT,
            data_type="sleep",
            channel=Channel.API,
            fields={"sleep": ("bedtime_start", "bedtime_end", "total_sleep_duration")},
            name="Sleep",
            hint="When you went to bed, when you got up, and how long you slept.",
            why="shown in the Open app, next to the classes you took.",
            purpose=Purpose.COACHING,
        ),
    ),
)
