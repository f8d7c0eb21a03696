"""How a release is sent to Strava: a workout as an upload that is waited for, a score as text on an activity."""

import time
from collections.abc import Mapping
from datetime import timedelta

from consent.gate.release import Release
from integrations.connectors.port import Delivered, Outcome, Rejected, Sending, TryLater, Unauthorised
from integrations.egress import Answer, Call, EgressError, send
from integrations.strava import answers, wire
from integrations.strava.calls import api, hosts, rest_of, trouble_of

POLL_SECONDS = 1.0  # "at 1 s or slower" (developers.strava.com, Uploads, read 2026-11-20)
ACTIVITY_LIMIT = 1024 * 1024


def deliver_workout(release: Release, sending: Sending) -> Outcome:
    """Upload, then ask until Strava has made an activity of it. A duplicate is one that arrived before."""
    upload_id = sending.progress.get("upload_id")
    if not upload_id:
        file = (f"{release.document_id}.tcx", wire.tcx(release), "application/vnd.garmin.tcx+xml")
        call = api(
            "POST", "/uploads", sending.credentials, form=wire.upload_form(release), files={"file": file}
        )
        upload = _upload_state(call, sending, release)
    else:
        upload = _upload_state(_status_call(upload_id, sending), sending, None)
    while isinstance(upload, answers.Upload) and upload.state == "processing":
        if sending.deadline.remaining() < 2 * POLL_SECONDS:
            kept = {"upload_id": upload.upload_id}
            return TryLater("processing", timedelta(seconds=2), progress=kept, may_have_arrived=True)
        time.sleep(POLL_SECONDS)
        upload = _upload_state(_status_call(upload.upload_id, sending), sending, None, upload.upload_id)
    if not isinstance(upload, answers.Upload):
        return upload
    return Delivered(upload.activity_id) if upload.activity_id else Rejected("upload_failed")


def _status_call(upload_id: str, sending: Sending) -> Call:
    return api("GET", f"/uploads/{upload_id}", sending.credentials, template="/uploads/{id}")


def _upload_state(
    call: Call, sending: Sending, release: Release | None, upload_id: str | None = None
) -> answers.Upload | Outcome:
    """Send an upload's first call (with its release) or ask for its state; what is known stays in `progress`."""
    upload_id = upload_id or sending.progress.get("upload_id")
    progress = {"upload_id": upload_id} if upload_id else {}
    answer = _carried(call, sending, release, progress)
    if not isinstance(answer, Answer):
        return answer
    if release is None and answer.status == 404:  # Strava forgot the upload: send it again
        return TryLater("garbage", progress={"upload_id": ""}, may_have_arrived=True)
    if outcome := _outcome(answer, progress):
        return outcome
    try:
        return answers.upload(answer.json())
    except ValueError:
        return TryLater("garbage", progress=progress, may_have_arrived=True)


def deliver_score(release: Release, sending: Sending) -> Outcome:
    """Write the score as a line into the description of an activity we created. Safe to do twice."""
    line = wire.score_line(release)
    carrier = sending.carrier
    if carrier is None or not carrier.reference.isdecimal():
        return Rejected("no_carrier")
    path, template = f"/activities/{carrier.reference}", "/activities/{id}"
    found = _carried(api("GET", path, sending.credentials, template=template), sending, None, {})
    if not isinstance(found, Answer):
        return found
    if found.status == 404:
        return Rejected("carrier_gone")
    if outcome := _outcome(found, {}, carried=False):
        return outcome
    try:
        reply = found.json()
        if not answers.made_by_us(reply, carrier.own_id):
            return Rejected("carrier_not_ours")
        before = reply["description"] or ""
        after = wire.with_line(before, line)
    except (ValueError, KeyError, TypeError, AttributeError):
        return TryLater("garbage")
    if after != before:
        put = api("PUT", path, sending.credentials, template=template, json={"description": after})
        answer = _carried(put, sending, release, {})
        if not isinstance(answer, Answer):
            return answer
        if outcome := _outcome(answer, {}):
            return outcome
    return Delivered(carrier.reference)


def _carried(
    call: Call, sending: Sending, release: Release | None, progress: Mapping[str, str]
) -> Answer | TryLater:
    """Send one call of a delivery; a call without an answer is an outcome."""
    try:
        return send(
            call,
            hosts=hosts(),
            deadline=sending.deadline,
            limit=ACTIVITY_LIMIT,
            carries=[release] if release is not None else None,
        )
    except EgressError as error:
        arrived = bool(progress) or (release is not None and error.may_have_arrived)
        trouble = "no_answer" if error.may_have_arrived else "not_sent"
        return TryLater(trouble, progress=progress, may_have_arrived=arrived)


def _outcome(answer: Answer, progress: Mapping[str, str], *, carried: bool = True) -> Outcome | None:
    """Return how a send ended by its status alone; None when the answer is a good one."""
    if 200 <= answer.status < 300:
        return None
    if answer.status == 401:
        return Unauthorised()
    trouble = trouble_of(answer)
    if trouble == "refused":
        return Rejected(trouble)
    arrived = bool(progress) or (carried and trouble != "rate_limited")
    return TryLater(trouble, rest_of(answer), progress=progress, may_have_arrived=arrived)
