"""Clue: no direct connection, said honestly. No flow, no token, nothing to stop. Pure.

It reads what any app wrote into the phone's own store. What we write there holds no women's health and no temperature,
so nothing of that kind can reach it through us; period records that it writes there do not come in either.
"""

from consent.manifests.shapes import Manifest

MANIFEST = Manifest(
    slug="clue",
    name="Clue",
    legal_entity="BioWink GmbH",
    country="Germany",
    summary=(
        "Clue gets nothing from us. What you share with Apple Health or Health Connect is yours to pass on from there. "
        "We send no cycle data to anyone."
    ),
    no_connection=(
        "There is no direct connection. What you share with Apple Health or Health Connect is yours to share "
        "from there. You set that on your phone. We send no cycle data to either of them, and none to Clue."
    ),
    how_often="Never",
    privacy_url="https://helloclue.com/privacy",
    deletion_url="https://helloclue.com/privacy",
    retention="Clue has nothing of yours from us.",
    stopping="There is nothing to stop here. You set what Clue reads on your phone.",
    flows=(),
)
