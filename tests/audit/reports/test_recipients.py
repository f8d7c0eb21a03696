"""Everyone who received a member's data, and how each is reached (RCW 19.373.040(1)(a); GDPR Art. 15(1)(c))."""

from dataclasses import replace
from datetime import datetime

import pytest

from audit import ports
from audit.log.models import Entry
from audit.reports import services
from audit.reports.errors import ReportRefused
from audit.reports.recipients import Recipients
from audit.reports.shapes import Names
from consent.grants.services import turn_off, withdraw
from records.members.models import Member
from records.vocabulary.data_types import WOMENS_HEALTH
from tests.audit.reports.acts import ASKER, DAY, NOON, linked, now, send_workout, told_of
from tests.factories import READINESS_OUT, WORKOUT_OUT, make_grant, make_member

pytestmark = pytest.mark.django_db


def recipients(member: Member, *, at: datetime | None = None) -> Recipients:
    return services.recipients(email=member.email, asker=ASKER, at=at or now())


def test_each_recipient_is_listed_once_with_what_it_received_and_where_it_is_reached():
    grant = linked()
    send_workout(grant)

    (received,) = recipients(grant.member).received

    assert (received.recipient.slug, received.recipient.country) == ("strava", "United States")
    assert received.recipient.contact.startswith("https://")
    assert received.recipient.deletion.startswith("https://")
    assert (received.types, received.count, received.third_party) == (("workout",), 1, True)


def test_every_third_party_of_the_register_has_an_online_way_to_be_reached():
    names = Names.of(ports.catalogue())

    unreachable = [
        slug
        for slug in names.recipients
        if slug != "own-program" and not names.party(slug).contact.startswith("https://")
    ]

    assert unreachable == []


def test_what_went_out_long_ago_is_listed_too():
    grant = make_grant(at=NOON - 3000 * DAY)
    told_of(grant, at=NOON - 3000 * DAY)

    (received,) = recipients(grant.member, at=NOON).received

    assert received.first == NOON - 3000 * DAY


def test_whom_a_member_allows_now_is_listed_before_anything_went_out():
    grant = make_grant(on=[WORKOUT_OUT, READINESS_OUT])
    turn_off(grant_ref=grant.ref, flow=READINESS_OUT)

    (received,) = recipients(grant.member).received

    assert (received.count, received.first, received.allowed_now) == (0, None, ("workout",))


def test_whom_a_member_stopped_is_listed_only_if_something_went_out():
    member = make_member()
    stopped = make_grant(member, on=[WORKOUT_OUT])
    withdraw(grant_ref=stopped.ref)
    assert recipients(member).received == ()

    told_of(stopped, at=NOON)
    (received,) = recipients(member).received
    assert (received.count, received.allowed_now) == (1, ())


def test_what_a_partner_only_gives_us_makes_it_no_recipient():
    grant = make_grant(partner="stelo", on=["import:glucose"])

    assert recipients(grant.member).received == ()


def test_the_members_own_program_is_listed_and_is_no_third_party():
    grant = make_grant(partner="own-program", on=["export:steps"])
    told_of(grant, at=now(), kind="api.answered", types=("steps",))

    (received,) = recipients(grant.member, at=now() + DAY).received

    assert (received.recipient.slug, received.third_party) == ("own-program", False)


def test_onward_recipients_that_the_register_names_are_named():
    catalogue = ports.catalogue()
    strava = replace(catalogue.recipients()["strava"], onward_recipients=("A Cloud, Inc.",))

    told = Names({"strava": strava}, {}).party("strava").told()

    assert told["onward_recipients"] == ["A Cloud, Inc."]


def test_no_womens_health_is_listed_after_everything_a_member_can_allow_is_allowed():
    member = make_member()
    for partner, recipient in ports.catalogue().recipients().items():
        if recipient.activities:
            make_grant(member, partner=partner, on=[each.flow for each in recipient.activities])

    report = recipients(member)

    assert len(report.received) > 5
    assert not WOMENS_HEALTH & {each for line in report.received for each in (*line.types, *line.allowed_now)}


def test_an_address_without_an_account_is_refused():
    with pytest.raises(ReportRefused, match="no member with this e-mail address"):
        services.recipients(email="nobody@tests.example", asker=ASKER, at=NOON)


def test_asking_for_the_list_is_an_event_about_that_member():
    grant = make_grant()
    recipients(grant.member)

    entry = Entry.objects.get(kind="audit.reported")
    assert entry.subject in ports.people().subjects_of(grant.member.email)
    assert entry.facts["report"] == "recipients"
