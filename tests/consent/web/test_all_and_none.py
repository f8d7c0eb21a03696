"""All and None of a long section: its own direction alone, never what is sensitive, and nothing is stored."""

import re

import pytest

from consent.grants.models import Grant
from consent.manifests.register import manifest_of
from records.vocabulary.data_types import REVEALS
from tests.consent.web.test_all_partners import ask
from tests.consent.web.test_the_question import kinds, on


class TestAllAndNone:
    OUT = [flow.key for flow in manifest_of("apple-health").flows if flow.key.startswith("export:")]

    def press(self, browser, every: str, *flows: str, slug: str = "apple-health"):
        return browser.post(f"/connections/{slug}/preview/", {"every": every, "flow": list(flows)})

    def test_all_turns_on_its_own_section_and_stores_nothing(self, browser_of_lin):
        answer = self.press(browser_of_lin, "export:on", "import:steps")

        assert sorted(on(answer)) == sorted([*self.OUT, "import:steps"])
        assert not Grant.objects.exists()
        assert [kind for kind in kinds() if kind.startswith(("grant", "toggle", "consent"))] == []

    def test_all_never_covers_what_is_sensitive(self, browser_of_lin):
        turned_on = on(self.press(browser_of_lin, "import:on"))

        assert turned_on
        assert not [flow for flow in turned_on if flow.partition(":")[2] in REVEALS]
        assert not [flow for flow in turned_on if flow.startswith("export:")]

    def test_none_turns_off_its_own_section_and_leaves_the_rest(self, browser_of_lin):
        answer = self.press(browser_of_lin, "import:off", "import:steps", "import:sex", "export:steps")
        assert sorted(on(answer)) == ["export:steps", "import:sex"]

    @pytest.mark.parametrize("every", ["on", "export:", "export:maybe", "both:on", ":on", "%00"])
    def test_nonsense_turns_on_nothing(self, browser_of_lin, every):
        assert on(self.press(browser_of_lin, every)) == []

    def test_a_short_section_has_neither(self, browser_of_lin):
        assert 'name="every"' not in browser_of_lin.get(ask("strava")).content.decode()
        assert on(self.press(browser_of_lin, "export:on", slug="strava")) == []

    def test_they_stand_side_by_side_only_in_long_sections(self, browser_of_lin):
        page = browser_of_lin.get(ask("health-connect")).content.decode()
        assert re.findall(r'name="every" value="([^"]+)"', page) == [
            "export:on", "export:off", "import:on", "import:off",
        ]  # fmt: skip

    @pytest.mark.parametrize("slug", ["apple-health", "health-connect"])
    def test_at_most_seven_rows_stand_before_a_subheading(self, browser_of_lin, slug):
        page = browser_of_lin.get(ask(slug)).content.decode()
        rows = re.split(r'class="kind__head"|<legend|class="sensitive"', page)
        assert max(piece.count('role="switch"') for piece in rows) <= 7
