"""Apple Health: the store of health records on an iPhone. What it may carry at most, and the words for it. Pure.

There is no server to talk to: the member's phone carries the records, and the phone has switches of its own beside ours
(Apple never tells an app that reading was refused). Heart rate variability is not among them: HealthKit's classic type
is another measure (SDNN) than the ring's (RMSSD).
"""

from consent.manifests.shapes import Manifest
from integrations.connectors import phones

NAME = "Apple Health"

MANIFEST = Manifest(
    slug="apple-health",
    name=NAME,
    legal_entity="Apple Inc.",
    country="United States",
    summary="The health records on your iPhone. Your phone moves each type you turn on, and no other.",
    how_often="Each time our app runs on your phone",
    privacy_url="https://www.apple.com/legal/privacy/",
    deletion_url="https://support.apple.com/guide/iphone/",
    retention="What we wrote stays in Apple Health until you delete it there.",
    stopping=(
        "Your phone moves nothing more, from its next check with us. "
        "What is in Apple Health stays. You can delete it there: look for our app among the sources."
    ),
    flows=(
        *phones.exports(
            "sleep",
            "respiratory_rate",
            "heart_rate",
            "steps",
            "weight",
            "height",
            "active_energy",
            "resting_energy",
            "workout",
            "mindful_minutes",
            phone=NAME,
        ),
        *phones.imports(
            "workout",
            "workout_route",
            "heart_rate",
            "steps",
            "total_energy",
            "date_of_birth",
            "height",
            "weight",
            "sex",
            phone=NAME,
        ),
    ),
)
