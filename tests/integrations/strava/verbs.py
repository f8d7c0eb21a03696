"""What the tests of Strava's verbs share: a link to the simulator, a sending, a fetch."""

from integrations.connectors.port import Carrier, Credentials, Fetched, Sending
from integrations.egress import Deadline
from integrations.strava.connector import StravaConnector
from tests.integrations.releases import DOCUMENT
from tests.support.strava import ATHLETE

strava = StravaConnector()
CALLBACK = "https://ringfence.example/connections/strava/callback/"
IMPORTS = frozenset({"import:workout", "import:heart_rate"})


def linked(simulator, scopes="read,activity:read,activity:write") -> Credentials:
    code = simulator.authorize(scopes)
    return strava.connect(code=code, granted=scopes, callback=CALLBACK, deadline=Deadline.in_(5)).credentials


def sending(credentials, *, seconds=8.0, progress=None, carrier=None) -> Sending:
    rides_on = Carrier(carrier, DOCUMENT) if carrier is not None else None
    return Sending(credentials, Deadline.in_(seconds), progress or {}, rides_on)


def fetch(reference, credentials, *, flows=IMPORTS, ours=frozenset(), seconds=5.0) -> Fetched:
    return strava.fetch(
        str(reference),
        account=str(ATHLETE),
        flows=flows,
        ours=frozenset(ours),
        credentials=credentials,
        deadline=Deadline.in_(seconds),
    )
