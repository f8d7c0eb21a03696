"""What a visitor of the demo world sees of the simulated Strava: the athlete's log, and everything it received."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from integrations.simulators.store import things
from integrations.simulators.strava import athletes, counter, training, webhooks

SHOWN = 200
SETTINGS = {"processing_seconds", "mode_2027", "signing_secret"}


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    with things() as store:
        linked = athletes.linked(store)
        rows = [training.shown(key, body) for key, body in store.every("activity")]
    rows.sort(key=lambda row: str(row["start_date"]), reverse=True)
    for row in rows:
        row["started"] = datetime.fromisoformat(row["start_date"]) + timedelta(seconds=row["utc_offset"])
        row["minutes"] = round(row["elapsed_time"] / 60)
    return render(request, "simulators/home.html", {"activities": rows[:SHOWN], "athletes": linked})


@require_POST
def log_activity(request: HttpRequest) -> HttpResponse:
    """Log a run of the last half hour at Strava, which then tells its subscriber."""
    athlete = request.POST.get("athlete", "")
    with things() as store:
        if not athlete.isdecimal() or int(athlete) not in athletes.linked(store):
            return HttpResponseBadRequest("This athlete has not connected an app.")
        start = datetime.now(UTC) - timedelta(minutes=30)
        beats = [[second, 120 + second // 60] for second in range(0, 1800, 60)]
        key = training.log(
            store,
            athlete=int(athlete),
            activity={
                "name": "Half an hour of running",
                "sport_type": "Run",
                "start_date": f"{start:%Y-%m-%dT%H:%M:%SZ}",
                "elapsed_time": 1800,
                "distance": 5200.0,
                "manual": False,
                "beats": beats if request.POST.get("heart_rate") else [],
            },
        )
    webhooks.tell(athlete=int(athlete), kind="activity", key=key, aspect="create")
    return HttpResponseRedirect(reverse("simulated-strava:home"))


@require_POST
def remove_app(request: HttpRequest) -> HttpResponse:
    """Let an athlete remove the app on Strava's side: tokens die, the subscriber is told."""
    athlete = request.POST.get("athlete", "")
    if not athlete.isdecimal():
        return HttpResponseBadRequest("Which athlete?")
    with things() as store:
        athletes.end_all(store, int(athlete))
    webhooks.tell_app_removed(int(athlete))
    return HttpResponseRedirect(reverse("simulated-strava:home"))


@require_GET
def received(request: HttpRequest) -> HttpResponse:
    rows = list(reversed(everything_received()))[:SHOWN]
    return render(request, "simulators/received.html", {"rows": rows})


@require_GET
def received_json(request: HttpRequest) -> HttpResponse:
    return JsonResponse(everything_received(), safe=False, json_dumps_params={"ensure_ascii": False})


@csrf_exempt
@require_POST
def control(request: HttpRequest) -> HttpResponse:
    """Set what goes wrong next: `{"fail": "429", "times": 2}`, or a setting: `{"mode_2027": true}`."""
    try:
        wanted: dict[str, Any] = dict(json.loads(request.body))
        kind, times = wanted.pop("fail", None), int(wanted.pop("times", 1))
    except (ValueError, TypeError):
        return HttpResponseBadRequest("Send a JSON object.")
    if (kind is not None and kind not in counter.ILLS) or not 0 < times <= 1000 or not {*wanted} <= SETTINGS:
        return HttpResponseBadRequest(
            f"fail is one of {', '.join(counter.ILLS)}; settings: {sorted(SETTINGS)}"
        )
    with things() as store:
        if kind is not None:
            counter.fall_ill(store, kind, times)
        for name, value in wanted.items():
            counter.configure(store, name, value)
    return JsonResponse({"at": time.time()})


def everything_received() -> list[dict[str, Any]]:
    with things() as store:
        return [row for _, row in store.named("received", "strava")]
