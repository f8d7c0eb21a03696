"""From entries to disclosures: what makes one of two, and whose word counts."""

from datetime import datetime

import pytest
from django.db import transaction

from audit.log import services as log
from audit.log.events import Event
from audit.reports import services
from audit.reports.breach import Criteria
from audit.reports.disclosures import Choice, Choices, Outgoing, merged
from consent.grants import selectors
from tests.audit.reports.acts import ASKER, DAY, NOON, told_of
from tests.factories import make_grant

ON = frozenset({"export:workout"})


def outgoing(*, at: datetime, arrived: bool = True, ref: str = "one") -> Outgoing:
    return Outgoing(
        at=at,
        decided_at=at,
        ref=ref,
        subject="s",
        partner="strava",
        grant="g",
        types=("workout",),
        arrived=arrived,
    )


def choice(at: datetime, on: frozenset[str]) -> Choice:
    return Choice(at=at, grant="g", partner="strava", on=on)


@pytest.mark.once
def test_a_delivery_is_authorised_only_if_each_of_its_attempts_was():
    choices = Choices([choice(NOON, ON), choice(NOON + 2 * DAY, frozenset())])

    (one,) = merged([outgoing(at=NOON + DAY, arrived=False), outgoing(at=NOON + 3 * DAY)], choices)
    (other,) = merged([outgoing(at=NOON + 3 * DAY), outgoing(at=NOON + DAY)], choices)

    assert (one.authorised, other.authorised) == (False, False)


@pytest.mark.once
def test_what_arrived_once_has_arrived_whatever_is_said_later():
    (one,) = merged([outgoing(at=NOON), outgoing(at=NOON + DAY, arrived=False)], Choices([]))

    assert (one.arrived, one.at) == (True, NOON)


@pytest.mark.once
def test_two_deliveries_are_two_disclosures_in_the_order_of_time():
    found = merged([outgoing(at=NOON + DAY, ref="b"), outgoing(at=NOON, ref="a")], Choices([]))

    assert [each.at for each in found] == [NOON, NOON + DAY]


@pytest.mark.once
def test_a_yes_counts_from_its_own_moment_on():
    choices = Choices([choice(NOON, ON)])

    assert choices.allowed(outgoing(at=NOON))
    assert not choices.allowed(outgoing(at=NOON - DAY))


@pytest.mark.django_db
def test_nobody_but_the_member_says_yes_for_them():
    grant = make_grant(on=["export:readiness_score"], at=NOON)
    subject = selectors.subject_of(grant.member_id, "strava")
    said = {"grant": str(grant.ref), "on": ["export:workout"]}
    with transaction.atomic():
        log.append(
            Event(kind="toggle.on", actor="operator", subject=subject, partner="strava", at=NOON, facts=said)
        )
    told_of(grant, at=NOON + DAY)

    report = services.accounting(email=grant.member.email, asker=ASKER, at=NOON + 2 * DAY)

    assert [line.authorised for line in report.lines] == [False]


@pytest.mark.django_db
def test_somebody_who_read_about_a_partner_is_no_part_of_its_breach():
    with transaction.atomic():
        log.append(Event(kind="audit.viewed", actor="staff", subject="", partner="strava", at=NOON))

    report = services.breach(
        criteria=Criteria(partner="strava"), since=NOON, until=NOON + DAY, asker=ASKER, at=NOON
    )

    assert report.entries == 0
