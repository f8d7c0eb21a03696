"""A partner that asks for more: a new question with the new rows alone; what was agreed goes on (UX section 3.12)."""

from dataclasses import replace

import pytest

from consent.grants import clock, notices, signing
from consent.grants.models import Grant, Notice, Receipt
from consent.manifests.register import manifest_of
from tests.consent.web.test_all_partners import ask, live_yes, switches
from tests.consent.web.test_the_question import on, text


def earlier(manifest, *flows: str):
    """The notice of a day when the partner asked for these flows alone."""
    kept = tuple(flow for flow in manifest.flows if flow.key in flows)
    document = notices.document(replace(manifest, flows=kept), locale="en")
    return Notice.objects.create(
        digest=notices.digest(document), partner=manifest.slug, locale="en", version=99,
        document=document, created_at=clock.now(),
    )  # fmt: skip


class TestAPartnerThatAsksForMore:
    @pytest.fixture
    def grant(self, lin) -> Grant:
        """A yes from a day when Strava asked for three flows; one of them was left off."""
        grant = live_yes(lin, "strava", "export:workout", "import:workout")
        agreed = ("export:workout", "import:workout", "export:readiness_score")
        grant.notice = earlier(manifest_of("strava"), *agreed)
        grant.save()
        grant.toggles.exclude(flow__in=agreed).delete()
        return grant

    NEW = ("export:activity_score", "export:sticker", "import:heart_rate")

    def on_now(self, grant) -> set[str]:
        return set(grant.toggles.filter(on=True).values_list("flow", flat=True))

    def test_shows_the_new_rows_only_and_off(self, browser_of_lin, grant):
        answer = browser_of_lin.get(ask("strava"))

        assert sorted(switches(answer)) == sorted(self.NEW)
        assert on(answer) == []
        assert "Share more with Strava?" in text(answer)
        assert "What you agreed to goes on as it is" in text(answer)

    def test_what_was_agreed_goes_on_unchanged_after_a_yes(self, browser_of_lin, grant):
        answer = browser_of_lin.post(ask("strava"), {"decision": "allow", "flow": ["export:activity_score"]})

        assert answer.status_code in {200, 303}
        assert self.on_now(grant) == {"export:workout", "import:workout", "export:activity_score"}
        newest = Receipt.objects.latest("number")
        flows = signing.document_of(newest)["event"]["flows"]
        assert (newest.change, flows) == ("turned_on", ["export:activity_score"])

    def test_what_was_agreed_goes_on_unchanged_after_a_no(self, browser_of_lin, grant):
        assert "now asks for more" in text(browser_of_lin.get("/connections/strava/"))

        browser_of_lin.post(ask("strava"), {"decision": "not_now"})

        assert self.on_now(grant) == {"export:workout", "import:workout"}
        assert Receipt.objects.count() == 1
        assert "now asks for more" not in text(browser_of_lin.get("/connections/strava/"))  # asked once

    def test_nothing_on_and_what_is_not_new_store_nothing(self, browser_of_lin, grant):
        for flows in ([], ["export:workout"], ["export:readiness_score", "export:activity_score"]):
            answer = browser_of_lin.post(ask("strava"), {"decision": "allow", "flow": flows})
            assert answer.status_code == 422
        assert self.on_now(grant) == {"export:workout", "import:workout"}

    def test_what_is_new_within_a_switch_is_asked_for_too(self, browser_of_lin, grant):
        workouts = grant.toggles.get(flow="export:workout")
        workouts.fields = [field for field in workouts.fields if field != "workout.distance"]
        workouts.save()

        answer = browser_of_lin.get(ask("strava"))

        assert "export:workout" in switches(answer)
        assert "A part of this moves now. On adds the new parts." in text(answer)
        browser_of_lin.post(ask("strava"), {"decision": "allow", "flow": ["export:workout"]})
        workouts.refresh_from_db()
        assert "workout.distance" in workouts.fields

    def test_the_preview_tells_of_the_new_ones_alone(self, browser_of_lin, grant):
        page = text(browser_of_lin.post("/connections/strava/preview/", {"flow": ["export:activity_score"]}))
        assert "1 type would have gone out." in page
        assert "Evening run" not in page

    def test_a_yes_that_began_at_the_partner_is_asked_for_more_here(self, lin, browser_of_lin):
        grant = live_yes(lin, "technogym", "export:sleep_score")
        grant.notice = earlier(manifest_of("technogym"), "export:sleep_score")
        grant.save()

        assert len(switches(browser_of_lin.get(ask("technogym")))) == 2
        browser_of_lin.post(ask("technogym"), {"decision": "allow", "flow": ["export:daytime_stress"]})
        assert self.on_now(grant) == {"export:sleep_score", "export:daytime_stress"}
