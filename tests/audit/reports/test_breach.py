"""What a breach touched: which members, which types, which recipients, and when (GDPR Art. 33(3))."""

import json
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from audit.log.models import Entry
from audit.reports import services
from audit.reports.breach import Breach, Criteria
from audit.reports.errors import ReportRefused
from consent.grants import selectors
from integrations.deliveries import claiming
from tests.audit.reports.acts import ASKER, DAY, NOON, linked, now, send_workout, sent, told_of
from tests.factories import log_workout, make_grant

pytestmark = pytest.mark.django_db


def breach(*, since: datetime | None = None, until: datetime | None = None, **criteria: str) -> Breach:
    return services.breach(
        criteria=Criteria(**criteria),
        since=since or now() - DAY,
        until=until or now(),
        asker=ASKER,
        at=now(),
    )


def test_a_partner_and_a_window_give_the_members_types_and_times():
    grants = [make_grant(at=NOON) for _ in range(3)]
    for grant in grants[:2]:
        told_of(grant, at=NOON + DAY)
        told_of(grant, at=NOON + 2 * DAY, types=("readiness_score",))
    told_of(grants[2], at=NOON + 5 * DAY)  # after it

    report = breach(partner="strava", since=NOON, until=NOON + 3 * DAY)

    assert {each.subject for each in report.affected} == {
        selectors.subject_of(grant.member_id, "strava") for grant in grants[:2]
    }
    assert (report.subjects, report.disclosures, report.partners) == (2, 4, ("strava",))
    assert report.types == ("readiness_score", "workout")
    assert (report.first, report.last) == (NOON + DAY, NOON + 2 * DAY)


def test_what_may_have_arrived_and_then_arrives_counts_once():
    sure, unsure, both = linked(), linked(), linked()
    send_workout(sure)
    send_workout(unsure, sure=False)
    sent(send_workout(both, sure=False))

    report = breach(partner="strava")

    assert Entry.objects.filter(outcome="out").count() == 4
    assert (report.disclosures, report.may_have_arrived, report.subjects) == (3, 1, 3)


def test_a_policy_leads_to_what_it_let_out():
    let_out, other = linked(), linked()
    send_workout(let_out)
    policy = Entry.objects.get(kind="release.permitted").facts["policy"]
    told_of(other, at=now() - timedelta(hours=1), facts={"delivery": str(uuid4())})  # under none that we know

    report = breach(policy=policy)

    assert [each.subject for each in report.affected] == [selectors.subject_of(let_out.member_id, "strava")]
    assert [(each.kind, each.count) for each in report.matched] == [("release.permitted", 1)]
    assert breach(policy="sha256:" + "0" * 64).affected == ()


def test_a_reason_leads_to_its_entries_and_to_what_went_out_for_it():
    grant = linked()
    send_workout(grant, sure=False)  # reason: timeout
    (refused,) = log_workout(linked().member, with_heart_rate=False)
    claiming.claim(refused.id)

    assert breach(reason="timeout").subjects == 1
    assert breach(reason="permitted").subjects == 1  # by the decision behind it
    report = breach(reason="source_not_allowed")
    assert (report.affected, report.subjects) == ((), 0)
    assert {each.kind for each in report.matched} == {"release.refused", "delivery.refused"}
    assert report.matched[0].sentence == "The document's source is not one that the flow carries."
    assert report.notes()[0] == "The log shows that nothing went out that matches."


def test_the_notification_is_filled_as_far_as_the_log_goes_and_no_further():
    send_workout(linked())

    told = breach(partner="strava").told()["notification"]

    assert told["a_nature"]["data_subjects_at_most"] == 1
    assert told["a_nature"]["approximate_number_of_records"] == 1
    assert told["a_nature"]["categories_of_records"] == "Workouts"
    assert {told["b_contact"], told["c_likely_consequences"], told["d_measures"]} == {
        "for a person to write: the log does not know it"
    }


def test_reading_the_log_is_no_part_of_a_breach():
    send_workout(linked())
    first = breach(partner="strava")

    assert breach(partner="strava").entries == first.entries


@pytest.mark.parametrize(
    ("criteria", "name", "says"),
    [
        ({"partner": "stravva"}, "partner", "There is no partner 'stravva'"),
        ({"reason": "no_such_reason"}, "reason", "There is no reason 'no_such_reason'"),
        ({"partner": "\0"}, "partner", "There is no partner"),
        ({"policy": "sha256:abc"}, "policy", "64 hexadecimal digits"),
        ({}, "partner", "Name a partner, a reason or a policy"),
    ],
)
def test_what_names_nothing_is_refused_by_name(criteria: dict, name: str, says: str):
    with pytest.raises(ReportRefused, match=says) as refused:
        breach(**criteria)

    assert refused.value.name == name
    assert not Entry.objects.filter(kind="audit.reported").exists()


def test_a_breach_report_is_an_event_that_says_what_was_looked_for():
    breach(partner="strava", since=NOON, until=NOON + DAY)

    facts = Entry.objects.get(kind="audit.reported").facts
    assert facts["criteria"] == {"partner": "strava"}
    assert facts["window"] == {"since": "2026-11-20T12:00:00Z", "until": "2026-11-21T12:00:00Z"}


def test_a_breach_report_names_no_member():
    grant = linked(email="somebody@tests.example")
    send_workout(grant)

    told = json.dumps(breach(partner="strava").told())

    assert "somebody" not in told
    assert str(grant.member_id) not in told
