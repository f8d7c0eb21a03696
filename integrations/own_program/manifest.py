"""The member's own program: what a member reads with a personal access token. Pure.

One grant for all of a member's tokens, each type its own switch. Its ceiling is that of self-service partners: every
field that `/v2` has of each type, without `temperature_trend` and `readiness_detail`, and never women's health.
"""

from consent.manifests.ceilings import OWN_PROGRAM, SELF_SERVICE, served
from consent.manifests.shapes import Channel, Direction, Flow, Manifest, Purpose
from records.vocabulary.data_types import DATA_TYPES


def _flow(data_type: str) -> Flow:
    """The words are the vocabulary's own: the program gets the whole of a type, and nobody else says why."""
    return Flow(
        direction=Direction.EXPORT,
        data_type=data_type,
        channel=Channel.API,
        fields=served(data_type),
        name=DATA_TYPES[data_type].label,
        hint=DATA_TYPES[data_type].hint,
        why="read by a program that you run yourself.",
        purpose=Purpose.OWN_USE,
    )


MANIFEST = Manifest(
    slug=OWN_PROGRAM,
    name="Your own program",
    legal_entity="You",
    country="where you run it",
    summary="Programs of your own that read your ring data with a key you made.",
    how_often="When your program asks",
    privacy_url="/privacy/",
    deletion_url="/tokens/",
    retention="What your program keeps is up to you.",
    stopping="Your keys open nothing more, from that moment. What your program kept is with you.",
    listed=False,
    flows=tuple(_flow(data_type) for data_type in SELF_SERVICE),
)
