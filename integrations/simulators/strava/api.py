"""The simulated Strava's API v3: uploads, activities, streams, the athlete. Its answers follow recorded ones."""

import json
import time

from django.http import HttpRequest, HttpResponse, JsonResponse

from integrations.simulators.store import things
from integrations.simulators.strava import athletes, training, webhooks
from integrations.simulators.strava.counter import configured, fault, partner_side, with_scope

PROCESSING_SECONDS = 0.5


@partner_side
@with_scope("activity:write")
def uploads(request: HttpRequest, athlete: int) -> HttpResponse:
    file = request.FILES.get("file")
    if request.method != "POST" or file is None or request.POST.get("data_type") != "tcx":
        return fault(400, "Bad Request", {"resource": "Upload", "field": "data", "code": "empty"})
    form = {str(name): str(value) for name, value in request.POST.items()}
    with things() as store:
        seconds = float(configured(store, "processing_seconds", PROCESSING_SECONDS))
        state = training.upload(store, athlete=athlete, file=file.read(), form=form, seconds=seconds)
        made = (store.get("upload", state["id"]) or {}).get("activity_id")
    if made:
        webhooks.tell(athlete=athlete, kind="activity", key=made, aspect="create", after=seconds)
    return JsonResponse(state, status=201)


@partner_side
@with_scope("activity:write")
def upload(request: HttpRequest, athlete: int, key: int) -> HttpResponse:
    with things() as store:
        state = training.upload_state(store, key, athlete, at=time.time())
    return JsonResponse(state) if state else HttpResponse(status=404)


@partner_side
@with_scope("activity:write")
def activities(request: HttpRequest, athlete: int) -> HttpResponse:
    """Log an activity by hand: no heart rate, no external id (API reference, createActivity)."""
    try:
        activity = {
            "name": request.POST["name"],
            "sport_type": request.POST["sport_type"],
            "start_date": request.POST["start_date_local"].removesuffix("Z") + "+00:00",
            "elapsed_time": int(request.POST["elapsed_time"]),
            "distance": float(request.POST.get("distance", 0)),
            "description": request.POST.get("description"),
        }
    except (KeyError, ValueError):
        return fault(400, "Bad Request", {"resource": "Activity", "field": "", "code": "invalid"})
    with things() as store:
        key = training.log(store, athlete=athlete, activity=activity)
        seen = training.shown(key, store.get("activity", key) or {})
    webhooks.tell(athlete=athlete, kind="activity", key=key, aspect="create")
    return JsonResponse(seen, status=201)


@partner_side
def activity(request: HttpRequest, key: int) -> HttpResponse:
    return (_change if request.method == "PUT" else _show)(request, key=key)


@with_scope("activity:read")
def _show(request: HttpRequest, athlete: int, key: int) -> HttpResponse:
    with things() as store:
        found = training.one(store, athlete, key, at=time.time())
    return JsonResponse(training.shown(key, found)) if found else HttpResponse(status=404)


@with_scope("activity:write")
def _change(request: HttpRequest, athlete: int, key: int) -> HttpResponse:
    try:
        change = json.loads(request.body)
        kept = {name: str(change[name]) for name in ("description", "name", "sport_type") if name in change}
    except (ValueError, TypeError):
        return fault(400, "Bad Request", {"resource": "Activity", "field": "", "code": "invalid"})
    with things() as store:
        found = training.one(store, athlete, key, at=time.time())
        if found is None:
            return HttpResponse(status=404)
        store.put(key, {**found, **kept})
        seen = training.shown(key, {**found, **kept})
    if "name" in kept:
        webhooks.tell(
            athlete=athlete, kind="activity", key=key, aspect="update", updates={"title": kept["name"]}
        )
    return JsonResponse(seen)


@partner_side
@with_scope("activity:read")
def streams(request: HttpRequest, athlete: int, key: int) -> HttpResponse:
    if request.GET.get("key_by_type") != "true":
        return fault(400, "Bad Request", {"resource": "Stream", "field": "key_by_type", "code": "missing"})
    with things() as store:
        found = training.one(store, athlete, key, at=time.time())
    if found is None:
        return HttpResponse(status=404)
    return JsonResponse(training.streams(found, request.GET.get("keys", "").split(",")))


@partner_side
@with_scope()
def athlete_profile(request: HttpRequest, athlete: int) -> HttpResponse:
    return JsonResponse(athletes.profile(athlete))


@partner_side
@with_scope("activity:read")
def athlete_activities(request: HttpRequest, athlete: int) -> HttpResponse:
    """List newest first, by `before`, `after` (epoch s), `page`, `per_page` (at most 200)."""
    try:
        after, before = int(request.GET.get("after", 0)), int(request.GET.get("before", 2**40))
        page, size = int(request.GET.get("page", 1)), min(200, int(request.GET.get("per_page", 30)))
    except ValueError:
        return fault(400, "Bad Request", {"resource": "Activity", "field": "", "code": "invalid"})
    with things() as store:
        found = [training.shown(*row) for row in training.of_athlete(store, athlete, at=time.time())]
    wanted = [row for row in found if after < training.epoch(row["start_date"]) < before]
    wanted.sort(key=lambda row: str(row["start_date"]), reverse=True)
    return JsonResponse(wanted[(page - 1) * size : page * size], safe=False)
