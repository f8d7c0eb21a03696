"""A verb that a connector leaves out refuses by name, so that a flow declared too early is found at once."""

import pytest

from integrations.connectors.port import Connector, VerbNotSpoken


class Quiet(Connector):
    slug = "quiet"


def test_a_verb_that_was_left_out_says_whose_and_which() -> None:
    with pytest.raises(VerbNotSpoken, match="quiet has no scopes"):
        Quiet().scopes("export:workout")
