"""A workout that reached the simulated Strava over real HTTP stands in every report, under the partner's own name."""

import json

import pytest

from audit.log.models import Entry
from audit.reports import services
from audit.reports.breach import Criteria
from consent.grants import clock
from consent.grants.services import withdraw
from integrations.deliveries.lifecycle import State
from integrations.deliveries.models import Delivery
from integrations.deliveries.sending import deliver
from records.vocabulary.data_types import WOMENS_HEALTH
from tests.audit.reports.acts import ASKER, DAY, now
from tests.factories import log_workout, make_connection, make_grant, make_member
from tests.support.strava import strava_simulator as strava_simulator

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_strava_received_is_what_the_reports_say(strava_simulator):
    grant = make_grant(make_member())
    make_connection(grant, tokens=strava_simulator.tokens())
    (delivery,) = log_workout(grant.member)
    for _ in range(6):
        Delivery.objects.filter(id=delivery.id, state=State.PENDING).update(next_attempt_at=clock.now())
        deliver(delivery.id)
        delivery.refresh_from_db()
    (held_back,) = log_workout(grant.member, minutes=9)
    withdraw(grant_ref=grant.ref)
    deliver(held_back.id)
    assert len(strava_simulator.activities) == 1

    email, at = grant.member.email, now()
    accounting = services.accounting(email=email, asker=ASKER, at=at)
    recipients = services.recipients(email=email, asker=ASKER, at=at)
    breach = services.breach(
        criteria=Criteria(partner="strava"), since=at - DAY, until=at, asker=ASKER, at=at
    )

    (line,) = accounting.lines
    assert (line.count, line.may_have_arrived, line.authorised) == (1, 0, True)
    assert [(each.recipient.name, each.count, each.allowed_now) for each in recipients.received] == [
        ("Strava", 1, ())
    ]
    assert (breach.subjects, breach.disclosures, breach.types) == (1, 1, ("workout",))
    told = json.dumps([accounting.told(), recipients.told(), breach.told()])
    assert not {each for each in WOMENS_HEALTH if f'"{each}"' in told}
    assert Entry.objects.filter(kind="audit.reported").count() == 3
