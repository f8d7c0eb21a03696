"""The accounting of disclosures (45 CFR 164.528): each once, on its day, on its footing; no more than the log shows."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from audit.log.models import Entry
from audit.reports import services
from audit.reports.accounting import Accounting
from audit.reports.errors import ReportRefused
from consent.grants.letting_go import letting_go
from consent.grants.services import turn_off, withdraw
from integrations.connectors.port import Delivered
from integrations.deliveries import claiming, outcomes
from records.members.models import Member
from tests.audit.reports.acts import ASKER, DAY, NOON, linked, now, send_workout, sent, told_of
from tests.factories import READINESS_OUT, WORKOUT_OUT, log_workout, make_grant, make_member

pytestmark = pytest.mark.django_db


def accounting(member: Member, *, at: datetime | None = None, **window: datetime) -> Accounting:
    return services.accounting(email=member.email, asker=ASKER, at=at or now(), **window)


def test_a_delivered_workout_is_one_disclosure_with_date_recipient_description_and_purpose():
    grant = linked()
    delivery = send_workout(grant)
    ended = Entry.objects.get(event_id=str(delivery.outcome_event))

    (line,) = accounting(grant.member).lines

    assert (line.first, line.last, line.count, line.may_have_arrived) == (ended.at, ended.at, 1, 0)
    assert (line.recipient.legal_entity, line.recipient.country) == ("Strava, Inc.", "United States")
    assert line.recipient.contact == "https://www.strava.com/legal/privacy"
    assert line.description == "Workouts"
    assert line.purpose == "Training log: shown in your Strava training log."


def test_what_may_have_arrived_and_then_arrives_is_one_disclosure():
    grant = linked()
    delivery = send_workout(grant, sure=False)
    first = Entry.objects.get(kind="delivery.may_have_arrived")
    sent(delivery)

    (line,) = accounting(grant.member).lines

    assert Entry.objects.filter(outcome="out").count() == 2
    assert (line.first, line.count, line.may_have_arrived) == (first.at, 1, 0)


def test_an_event_that_was_tried_again_until_it_arrived_is_one_disclosure():
    grant, event = linked(), {"event": str(uuid4())}
    for kind in ("event.may_have_arrived", "event.may_have_arrived", "event.sent"):
        told_of(grant, at=now(), kind=kind, facts=event)
    told_of(grant, at=now(), kind="event.may_have_arrived", facts={"event": str(uuid4())})

    report = accounting(grant.member)

    assert (report.count, report.lines[0].may_have_arrived) == (2, 1)


def test_what_may_have_arrived_counts_and_stays_told_as_that():
    grant = linked()
    send_workout(grant, sure=False)

    report = accounting(grant.member)

    assert (report.count, report.lines[0].may_have_arrived) == (1, 1)
    assert report.told()["lines"][0]["may_have_arrived"] == 1


def test_repeated_disclosures_stand_as_the_first_the_last_and_how_many():
    grant = make_grant(at=NOON)
    for days in (3, 1, 2):
        told_of(grant, at=NOON + days * DAY, facts={"delivery": str(uuid4())})
    told_of(grant, at=NOON + DAY, types=("readiness_score",), facts={"delivery": str(uuid4())})

    lines = {line.description: line for line in accounting(grant.member, at=NOON + 9 * DAY).lines}

    assert (lines["Workouts"].first, lines["Workouts"].last) == (NOON + DAY, NOON + 3 * DAY)
    assert (lines["Workouts"].count, lines["Readiness score"].count) == (3, 1)


def test_what_went_out_on_the_members_yes_is_marked_and_listed():
    grant = linked()
    send_workout(grant)

    report = accounting(grant.member)

    assert report.lines[0].authorised
    assert report.told()["authorised"] == report.told()["disclosures"] == 1


def test_a_send_that_was_under_way_when_the_member_stopped_was_still_authorised():
    grant = linked()

    (delivery,) = log_workout(grant.member)
    claimed = claiming.claim(delivery.id)
    assert claimed is not None
    turn_off(grant_ref=grant.ref, flow=WORKOUT_OUT)
    outcomes.commit(claimed, Delivered("1"), None)

    assert [line.authorised for line in accounting(grant.member).lines] == [True]


@pytest.mark.parametrize("ended", ["never on", "turned off", "withdrawn", "not yet given"])
def test_a_disclosure_without_a_yes_in_force_is_not_marked_as_authorised(ended: str):
    grant = make_grant(on=[WORKOUT_OUT], at=NOON)
    types, at = ("workout",), NOON + 2 * DAY
    if ended == "never on":
        types = ("readiness_score",)
    elif ended == "turned off":
        turn_off(grant_ref=grant.ref, flow=WORKOUT_OUT, at=NOON + DAY)
    elif ended == "withdrawn":
        withdraw(grant_ref=grant.ref, at=NOON + DAY)
    else:
        at = NOON - DAY
    told_of(grant, at=at, types=types)

    (line,) = accounting(grant.member, at=NOON + 9 * DAY).lines

    assert not line.authorised
    assert line.standing == "no yes of the member is in the log"


def test_an_answer_to_a_partner_is_authorised_only_if_each_of_its_types_was_on():
    grant = make_grant(on=[WORKOUT_OUT, READINESS_OUT], at=NOON)
    told_of(grant, at=NOON + DAY, kind="api.answered", types=("workout", "readiness_score"))
    told_of(grant, at=NOON + DAY, kind="api.answered", types=("workout", "activity_score"))

    lines = accounting(grant.member, at=NOON + 9 * DAY).lines

    assert {line.types: line.authorised for line in lines} == {
        ("readiness_score", "workout"): True,
        ("activity_score", "workout"): False,
    }


def test_the_accounting_goes_back_six_years_and_not_a_day_further():
    at = datetime(2032, 2, 29, 12, tzinfo=UTC)  # no such day six years before
    grant = make_grant(at=datetime(2026, 1, 1, tzinfo=UTC))
    edge = datetime(2026, 2, 28, 12, tzinfo=UTC)
    told_of(grant, at=edge - timedelta(seconds=1))
    told_of(grant, at=edge)

    report = accounting(grant.member, at=at, since=edge - 100 * DAY)

    assert (report.count, report.lines[0].first) == (1, edge)
    assert report.window.since == edge


def test_a_window_includes_its_beginning_and_not_its_end():
    grant = make_grant(at=NOON)
    for at in (NOON, NOON + DAY, NOON + 2 * DAY):
        told_of(grant, at=at)

    report = accounting(grant.member, at=NOON + 9 * DAY, since=NOON, until=NOON + 2 * DAY)

    assert report.count == 2


def test_nobody_elses_disclosures_are_in_it():
    mine, other = linked(), linked()
    send_workout(other)

    assert accounting(mine.member).lines == ()


def test_a_refused_release_is_no_disclosure():
    grant = linked()

    (delivery,) = log_workout(grant.member, with_heart_rate=False)
    claiming.claim(delivery.id)

    assert Entry.objects.filter(kind="release.refused").exists()
    assert accounting(grant.member).lines == ()


def test_a_partner_that_left_the_register_is_named_by_its_slug_and_nothing_is_made_up():
    grant = make_grant(at=NOON)
    type(grant).objects.filter(ref=grant.ref).update(partner="a-partner-that-left")
    grant.refresh_from_db()
    told_of(grant, at=NOON + DAY)

    (line,) = accounting(grant.member, at=NOON + 9 * DAY).lines

    assert (line.recipient.name, line.recipient.registered) == ("a-partner-that-left", False)
    assert (line.recipient.contact, line.recipient.country) == ("", "")
    assert line.purpose.startswith("not known")


def test_an_erased_member_gives_nothing_by_e_mail():  # SR-8.3
    grant = linked()
    send_workout(grant)
    email = grant.member.email
    with letting_go():
        grant.member.delete()

    with pytest.raises(ReportRefused, match="no member with this e-mail address") as refused:
        services.accounting(email=email, asker=ASKER, at=now())

    assert refused.value.name == "member"
    assert not Entry.objects.filter(kind="audit.reported").exists()


def test_a_window_that_ends_before_it_begins_is_refused_by_name():
    member = make_member()

    with pytest.raises(ReportRefused) as refused:
        accounting(member, since=NOON, until=NOON - DAY, at=NOON)

    assert refused.value.name == "until"


def test_making_a_report_is_an_event_that_says_which_over_what_time_and_for_which_ticket():  # SR-9.2
    grant = linked()
    accounting(grant.member, at=NOON, since=NOON - DAY)

    entry = Entry.objects.get(kind="audit.reported")
    assert entry.facts == {
        "report": "accounting",
        "window": {"since": "2026-11-19T12:00:00Z", "until": "2026-11-20T12:00:00Z"},
        "ticket": "T-17",
        "operator": "the-operator",
    }
    assert entry.outcome == ""  # it is no disclosure
    assert grant.member.email.encode() not in bytes(entry.body)
