"""Health Connect: the store of health records on an Android phone. What it may carry at most, and the words. Pure.

There is no server to talk to: the member's phone carries the records and tells us exactly which switches of its own are
on. Skin temperature, blood oxygen, breathing and glucose exist in the store and are not asked for.
"""

from consent.manifests.shapes import Manifest
from integrations.connectors import phones

NAME = "Health Connect"

MANIFEST = Manifest(
    slug="health-connect",
    name=NAME,
    legal_entity="Google LLC",
    country="United States",
    summary="Moves data between your ring and other Android apps, one type at a time.",
    how_often="Each time our app runs on your phone",
    privacy_url="https://policies.google.com/privacy",
    deletion_url="https://support.google.com/android/answer/12201230",  # read 2026-11-20
    retention="What we wrote stays in Health Connect until you delete it there.",
    stopping=(
        "Your phone moves nothing more, from its next check with us. "
        "What is in Health Connect stays, and other apps keep what they have read. You can delete it there."
    ),
    flows=(
        *phones.exports(
            "heart_rate",
            "heart_rate_variability",
            "height",
            "weight",
            "sleep",
            "resting_heart_rate",
            "steps",
            "distance",
            "total_energy",
            "active_energy",
            "workout",
            phone=NAME,
        ),
        *phones.imports(
            "workout",
            "workout_route",
            "heart_rate",
            "heart_rate_variability",
            "steps",
            "total_energy",
            "active_energy",
            "distance",
            "power",
            phone=NAME,
        ),
    ),
)
