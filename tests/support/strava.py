"""The simulated Strava for tests: real HTTP on a loopback port, a fresh store, and what a visitor would do by hand."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from integrations import egress_breaker
from integrations.simulators.store import things
from integrations.simulators.strava import athletes, counter, pages, training, webhooks
from tests.support.serving import simulators

ATHLETE = 10_000_001


@dataclass
class StravaSimulator:
    """The partner, seen from its own side."""

    port: int
    settings: Settings = field(repr=False)
    athlete: int = ATHLETE

    @property
    def received(self) -> list[dict[str, Any]]:
        """Every call, oldest first: `at`, `method`, `path`, `body`."""
        return pages.everything_received()

    @property
    def uploads(self) -> list[str]:
        """The body of every upload that came in, accepted or not."""
        return [
            row["body"]
            for row in self.received
            if row["method"] == "POST" and row["path"].endswith("/uploads")
        ]

    @property
    def activities(self) -> list[dict[str, Any]]:
        with things() as store:
            return [training.shown(key, body) for key, body in store.every("activity")]

    def forget_received(self) -> None:
        with things() as store:
            store.drop("received")

    def authorize(self, scopes: str = "read,activity:read,activity:write") -> str:
        """Say yes in the athlete's name to these scopes; return the code."""
        with things() as store:
            return athletes.new_code(store, athlete=self.athlete, scopes=scopes.split(","))

    def tokens(self, scopes: str = "read,activity:read,activity:write") -> dict[str, Any]:
        """Return a token reply as if the app had exchanged a code."""
        code = self.authorize(scopes)
        with things() as store:
            given = athletes.exchange(store, code)
        assert given is not None
        return given

    def tokens_alive(self, access_token: str | None = None) -> bool:
        """Whether this token (or any of the athlete's) still opens anything."""
        with things() as store:
            if access_token is not None:
                return athletes.session(store, access_token) is not None
            return self.athlete in athletes.linked(store)

    def fail(self, kind: str, times: int = 1) -> None:
        """Let the next calls go wrong: 401, 429, 500, 503, garbage, nothing, lost (done, but never answered)."""
        with things() as store:
            counter.fall_ill(store, kind, times)

    def configure(self, name: str, value: Any) -> None:
        """Set `processing_seconds`, `mode_2027` or `signing_secret`."""
        with things() as store:
            counter.configure(store, name, value)

    def log_activity(self, *, tell: bool = True, **activity: Any) -> int:
        """Log an activity at Strava, half an hour that has just ended if nothing else is said."""
        start = datetime.now(UTC) - timedelta(minutes=30)
        body = {
            "name": "Evening run",
            "sport_type": "Run",
            "start_date": f"{start:%Y-%m-%dT%H:%M:%SZ}",
            "elapsed_time": 1800,
            "distance": 5000.0,
            **activity,
        }
        with things() as store:
            key = training.log(store, athlete=self.athlete, activity=body)
        if tell:
            webhooks.tell(athlete=self.athlete, kind="activity", key=key, aspect="create", wait=True)
        return key

    def remove_app(self) -> None:
        """Remove the app on Strava's side: tokens die, then the subscriber is told."""
        with things() as store:
            athletes.end_all(store, self.athlete)
        webhooks.tell_app_removed(self.athlete, wait=True)

    def expire_access_tokens(self) -> None:
        """Let six hours pass for the athlete's access tokens; refresh tokens live on."""
        with things() as store:
            for key, pair in store.every("tokens"):
                store.put(key, {**pair, "expires_at": int(time.time()) - 1})

    def delete_activity(self, key: int) -> None:
        """Delete an activity on Strava's side, and say nothing of it."""
        with things() as store:
            body = store.get("activity", key) or {}
            store.put(key, {**body, "visible_from": time.time() + 86400})

    def may_call(self, *ports: int) -> None:
        """Let egress reach more loopback ports, such as a live server's."""
        self.settings.EGRESS_LOOPBACK_PORTS = [*self.settings.EGRESS_LOOPBACK_PORTS, *ports]

    def received_json(self) -> str:
        return json.dumps(self.received, ensure_ascii=False)

    def wait_for(self, count: int, *, seconds: float = 5.0) -> None:
        """Wait until so many calls came in."""
        until = time.monotonic() + seconds
        while len(self.received) < count and time.monotonic() < until:
            time.sleep(0.02)
        assert len(self.received) >= count


@pytest.fixture
def strava_simulator(settings: Settings, tmp_path: Path) -> Iterator[StravaSimulator]:
    settings.SIMULATOR_STORE = tmp_path / "simulators.sqlite3"
    settings.SIMULATOR_SILENCE = 4.0
    settings.DEMO = True
    with simulators() as port:
        base = f"http://127.0.0.1:{port}/demo/strava"
        settings.EGRESS_LOOPBACK_PORTS = [*settings.EGRESS_LOOPBACK_PORTS, port]
        settings.STRAVA_API_URL = f"{base}/api/v3"
        settings.STRAVA_AUTHORIZE_URL = f"{base}/oauth/authorize"
        settings.STRAVA_TOKEN_URL = f"{base}/oauth/token"
        settings.STRAVA_REVOKE_URL = f"{base}/oauth/revoke"
        settings.STRAVA_CLIENT_ID, settings.STRAVA_CLIENT_SECRET = "ringfence-demo", "a-secret-only-for-tests"
        settings.STRAVA_SIGNING_SECRET = ""
        egress_breaker.forget()
        yield StravaSimulator(port, settings)
        egress_breaker.forget()
