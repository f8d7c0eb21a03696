"""The simulated Strava's accounts: codes, tokens and what an athlete left ticked.

A code works once; a refresh makes both tokens anew and the old ones die at once; a dead token stays dead.
"""

import secrets
import time
from typing import Any

from integrations.simulators.store import Things

SCOPES = ("read", "activity:read", "activity:write")
LIFE_SECONDS = 6 * 3600
CODE_SECONDS = 600


def new_code(things: Things, *, athlete: int, scopes: list[str]) -> str:
    code = secrets.token_hex(20)
    things.add("code", code, {"athlete": athlete, "scopes": scopes, "until": time.time() + CODE_SECONDS})
    return code


def exchange(things: Things, code: str) -> dict[str, Any] | None:
    """Give tokens for a code, once."""
    found = things.named("code", code)
    things.drop("code", code)
    if not found or found[0][1]["until"] < time.time():
        return None
    athlete = found[0][1]["athlete"]
    return {**_new_tokens(things, athlete, found[0][1]["scopes"]), "athlete": profile(athlete)}


def refresh(things: Things, refresh_token: str) -> dict[str, Any] | None:
    found = _pair(things, "refresh", refresh_token)
    if found is None:
        return None
    things.put(found[0], {**found[1], "alive": False})
    return _new_tokens(things, found[1]["athlete"], found[1]["scopes"])


def session(things: Things, access_token: str) -> dict[str, Any] | None:
    """Return whose token this is and what it may, or None when it is dead or too old."""
    found = _pair(things, "access", access_token)
    return found[1] if found and found[1]["expires_at"] > time.time() else None


def revoke(things: Things, token: str) -> int | None:
    """End the athlete's link that a token of either kind belongs to; return the athlete if it was alive."""
    found = _pair(things, "access", token) or _pair(things, "refresh", token)
    if found is None:
        return None
    end_all(things, found[1]["athlete"])
    return int(found[1]["athlete"])


def end_all(things: Things, athlete: int) -> None:
    for key, pair in things.every("tokens"):
        if pair["athlete"] == athlete and pair["alive"]:
            things.put(key, {**pair, "alive": False})


def linked(things: Things) -> list[int]:
    """Return the athletes who have the app connected now."""
    return sorted({pair["athlete"] for _, pair in things.every("tokens") if pair["alive"]})


def profile(athlete: int) -> dict[str, Any]:
    return {"id": athlete, "resource_state": 2, "username": None}


def _new_tokens(things: Things, athlete: int, scopes: list[str]) -> dict[str, Any]:
    expires_at = int(time.time()) + LIFE_SECONDS
    pair = {
        "access": secrets.token_hex(20),
        "refresh": secrets.token_hex(20),
        "athlete": athlete,
        "scopes": scopes,
        "expires_at": expires_at,
        "alive": True,
    }
    key = things.add("tokens", "", pair)
    for kind in ("access", "refresh"):
        things.add(f"token:{kind}", str(pair[kind]), {"pair": key})
    return {
        "token_type": "Bearer",
        "access_token": pair["access"],
        "refresh_token": pair["refresh"],
        "expires_at": expires_at,
        "expires_in": LIFE_SECONDS,
    }


def _pair(things: Things, kind: str, token: str) -> tuple[int, dict[str, Any]] | None:
    for _, row in things.named(f"token:{kind}", token):
        pair = things.get("tokens", row["pair"])
        if pair and pair["alive"]:
            return int(row["pair"]), pair
    return None
