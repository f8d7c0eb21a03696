"""The records of processing say what the register says, whole, and make nothing up (GDPR Art. 30(1))."""

import pytest
from django.conf import settings

from audit.log.models import Entry
from audit.reports import services
from audit.reports.processing import Processing
from consent.manifests.register import manifests
from consent.manifests.shapes import Purpose
from records.vocabulary.data_types import WOMENS_HEALTH
from tests.audit.reports.acts import ASKER, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def report() -> Processing:
    return services.processing(asker=ASKER, at=NOON)


def test_every_flow_of_every_manifest_stands_in_exactly_one_record(report):
    told = [
        (record.partner.slug, f"{record.direction}:{each}")
        for record in report.records
        for each in record.types
    ]

    assert sorted(told) == sorted(
        (manifest.slug, flow.key) for manifest in manifests() for flow in manifest.flows
    )


def test_each_record_has_what_the_article_asks_for(report):
    for record in report.told()["records"]:
        assert record["purpose"]
        assert record["data_subjects"]
        assert record["description"]
        assert record["partner"]["country"]
        assert record["time_limit"]
    told = report.told()
    assert told["controller"] == settings.CONTROLLER_NAME
    assert len(told["security_measures"]) >= 5
    assert told["time_limits"]["ended_deliveries"] == f"{settings.RETENTION_DAYS['ended_deliveries']} days"


def test_what_comes_in_is_kept_here_and_what_goes_out_by_the_partners_own_words(report):
    limits = {
        record.direction: record.time_limit for record in report.records if record.partner.slug == "strava"
    }

    assert limits["export"] == "Activities stay in your Strava account until you delete them there."
    assert limits["import"].startswith("Kept with the member's own records")


def test_a_changed_term_is_told_as_it_is_in_force():
    report = services.processing(asker=ASKER, at=NOON, terms={"ended_deliveries": 30})

    assert report.told()["time_limits"]["ended_deliveries"] == "30 days"


def test_no_record_names_womens_health_or_a_purpose_that_is_none_of_ours(report):
    assert not WOMENS_HEALTH & {each for record in report.records for each in record.types}
    ours = {purpose.value.replace("_", " ").capitalize() for purpose in Purpose}
    assert {record.purpose for record in report.records} <= ours


def test_a_partner_that_gets_nothing_is_named_as_that(report):
    assert set(report.without_flows) == {"Headspace", "Clue", "Flo"}
    assert any("Headspace" in note for note in report.notes())


def test_what_the_register_does_not_know_is_named_as_missing(report):
    assert any("data protection officer" in note for note in report.notes())


def test_writing_the_records_is_an_event_about_nobody(report):
    entry = Entry.objects.get(kind="audit.reported")
    assert (entry.subject, entry.facts["report"]) == ("", "processing")
