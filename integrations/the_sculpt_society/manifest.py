"""The Sculpt Society: plans workout videos by how rested a member is. Pure.

It reads our API; there is no public interface of its own to speak to (read 2026-11-20). Two scores and one word a day
are the most it can get: no part of a score, no minutes of stress, no temperature.
"""

from functools import partial

from consent.manifests.shapes import Channel, Direction, Flow, Manifest, Purpose

_out = partial(Flow, direction=Direction.EXPORT, channel=Channel.API, purpose=Purpose.COACHING)

MANIFEST = Manifest(
    slug="the-sculpt-society",
    name="The Sculpt Society",
    legal_entity="The Sculpt Society",
    country="United States",
    summary="Workout videos. It can plan your week by how rested you are.",
    how_often="Once a day",
    privacy_url="https://thesculptsociety.com/privacy",
    deletion_url="https://thesculptsociety.com/contact",
    retention="They must delete what they got within 30 days after you stop.",
    stopping=(
        "The Sculpt Society can read nothing more, from that moment. "
        "What they have, they must delete within 30 days."
    ),
    flows=(
        _out(
            data_type="readiness_score",
            fields={"daily_readiness": ("score",)},
            name="Readiness score",
            hint="One number a day, from 0 to 100.",
            why="so that your plan can be harder or lighter that day.",
        ),
        _out(
            data_type="sleep_score",
            fields={"daily_sleep": ("score",)},
            name="Sleep score",
            hint="One number a day, from 0 to 100.",
            why="so that your plan can be lighter after a short night.",
        ),
        _out(
            data_type="daytime_stress",
            fields={"daily_stress": ("day_summary",)},
            name="Daytime stress",
            hint="One word a day: restored, normal or stressful.",
            why="so that your plan can put a stretch on a hard day.",
        ),
    ),
)
