"""One run: a script is played on a member's records, and everything that leaves on the way is written down."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from random import Random
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from audit.log.models import Entry
from consent.gate import door
from consent.gate.release import Release
from consent.grants.partners import manifest_today
from consent.web.previewing import preview_of
from integrations import sharing
from integrations.deliveries import selectors, sending
from integrations.deliveries.models import Delivery
from integrations.events import selectors as events
from integrations.events import sending as sending_events
from integrations.events.models import EventDelivery
from integrations.intake import services as intake
from records.errors import DocumentMalformed
from records.models import Document
from records.sealing import PUBLIC, Seals
from tests.twins.reads import telling_reads
from tests.twins.scripts import Script, Step
from tests.twins.transcript import LogLines, Transcript
from tests.twins.world import NOON, World

ALL = 1_000  # events: however many there are
LATER = NOON + timedelta(hours=6)
Question = tuple[str, Callable[[World], object]]
Questions = Callable[[World], Iterable[Question]]


def play(world: World, script: Script, lines: LogLines, *, questions: Questions) -> Transcript:
    """Play a script, ask the questions at its end, and undo it all."""
    transcript = Transcript()
    lines.taken()
    with world.undone():
        for step in script:
            world.frozen.step(step.name, step.at)
            _ACTS[step.act](world, step, transcript)
            _tell_lines(transcript, step.name, lines)
        tell_rows(world, transcript)
        for label, ask in questions(world):
            world.frozen.step(label, LATER)
            with transcript.way_out(label) as asked:
                answer = ask(world)
            transcript.asked[label] = f"{answer!r}\n{asked}\n{lines.taken()}"
    return transcript


def _save(world: World, step: Step, transcript: Transcript) -> None:
    """Save, and queue what may be shared, as `intake.services.receive` does. Who keeps private things tells nothing."""
    new = [doc.new() for doc in step.docs]
    try:
        with transaction.atomic():
            saved = door.admit(member_id=world.member.id, documents=new)
            with transcript.way_out(step.name) as asked:
                queued = sharing.share(world.member, saved, at=step.at)
    except DocumentMalformed as malformed:
        said = [str(malformed), repr(malformed), malformed.problems, malformed.kind, malformed.index]
        transcript.tell(f"{step.name}: error", said)
        return
    if saved:
        transcript.tell(f"{step.name}: saved", [repr(each) for each in saved])
        transcript.tell(f"{step.name}: shared", [[delivery.pk for delivery in queued], asked])
    assert saved or not queued


def _receive(world: World, step: Step, transcript: Transcript) -> None:
    """Save by the product's own act, errors included."""
    try:
        queued = intake.receive(member=world.member, documents=[doc.new() for doc in step.docs])
    except DocumentMalformed as malformed:
        transcript.tell(f"{step.name}: error", [str(malformed), repr(malformed.problems)])
    else:
        if queued:
            transcript.tell(f"{step.name}: queued", [delivery.pk for delivery in queued])


def _forget(world: World, step: Step, transcript: Transcript) -> None:
    for origin, external_id in step.ids:
        if gone := door.forget(member_id=world.member.id, origin=origin, external_id=external_id):
            transcript.tell(f"{step.name}: saved", [repr(each) for each in gone])
            with transaction.atomic(), transcript.way_out(step.name) as asked:
                queued = sharing.share(world.member, gone, at=step.at)
            transcript.tell(f"{step.name}: shared", [[delivery.pk for delivery in queued], asked])


def _resort(world: World, step: Step, transcript: Transcript) -> None:
    """Sort again by the product's own act, which tells subscribers."""
    transcript.tell(step.name, [repr(each) for each in sharing.resort(world.member, at=step.at)])


def _send(world: World, step: Step, transcript: Transcript) -> None:
    """Let a worker do what is due, through the real connector and the one door to the network."""
    with transcript.way_out(step.name) as asked:
        for ref in selectors.due():
            sending.deliver(ref)
        for ref in events.due(limit=ALL):
            sending_events.notify(ref)
    transcript.tell(f"{step.name}: statements", asked)
    for number, call in enumerate(world.wire.sent):
        transcript.tell(f"{step.name}: call {number}", call)
    world.wire.sent.clear()


_ACTS: dict[str, Callable[[World, Step, Transcript], None]] = {
    "save": _save, "receive": _receive, "forget": _forget, "resort": _resort, "send": _send,
}  # fmt: skip


def _tell_lines(transcript: Transcript, name: str, lines: LogLines) -> None:
    for line in lines.taken():
        transcript.tell(f"{name}: log", line)


def tell_rows(world: World, transcript: Transcript) -> None:
    """The rows that every later way out reads: the outbox, the log, the cache, and the public part of the records.

    Of a sealed body what is in it is compared, and its length: the nonce is chance.
    """
    for delivery in Delivery.objects.order_by("created_at", "id").values():
        transcript.tell("delivery", delivery)
    for event in EventDelivery.objects.order_by("number").values():
        transcript.tell("event", {name: value for name, value in event.items() if name != "number"})
    for body in Entry.objects.order_by("id").values_list("body", flat=True):
        transcript.tell("entry", bytes(body))
    for row in cached():
        transcript.tell("cached", row)
    seals = Seals.of(world.key)
    for row in Document.objects.order_by("id"):
        known = [row.id, row.owner, row.kind, row.day, row.origin, row.saved_at, row.revision, len(row.body)]
        transcript.tell("document", [*known, seals.open(PUBLIC, row.id, row.body)])


def cached() -> list[Any]:
    """Return the keys and the sizes of what is in the cache that all processes share."""
    table = settings.CACHES["default"]["LOCATION"]
    if table not in connection.introspection.table_names():
        return []
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT cache_key, length(value), expires FROM "{table}" ORDER BY cache_key')
        return [list(row) for row in cursor.fetchall()]


def every_question(world: World) -> list[Question]:
    """Return what partners and the member can ask: each flow of each partner about each document, and each preview."""
    found: list[Question] = []
    kinds = list(Document.objects.order_by("day", "id").values_list("id", "kind"))
    for partner, grant in world.grants.items():
        manifest = manifest_today(partner)
        assert manifest is not None
        for flow in manifest.flows:
            found += [
                (f"{partner} {flow.key} {kind} {ref}", _release(grant.ref, flow.key, ref))
                for ref, kind in kinds
                if kind in flow.fields
            ]
        found.append((f"preview for {partner}", _preview(partner)))
        # What no flow carries, and what is not there: the answers are the same whatever the member keeps to herself.
        found.append((f"{partner} for a stranger", _release(grant.ref, manifest.flows[0].key, grant.ref)))
    return [*found, *telling_reads(world)]


def _release(grant: Any, flow: str, document: Any) -> Callable[[World], object]:
    def ask(world: World) -> object:
        with transaction.atomic():
            answer = door.release(
                grant_ref=grant, flow=flow, document_ref=document, references={"request": "1"}
            )
            entry = bytes(Entry.objects.latest("id").body)
        if not isinstance(answer, Release):
            return [answer.reason, answer.event_id, entry]
        out = [answer.document_id, answer.event_id, answer.decided_at, answer.kind, answer.day]
        return [dict(answer.fields), *map(str, out), entry]

    return ask


def _preview(partner: str) -> Callable[[World], object]:
    def ask(world: World) -> object:
        manifest = manifest_today(partner)
        assert manifest is not None
        flows = frozenset(flow.key for flow in manifest.flows)
        day = LATER.date()
        shown = door.preview(member=world.member, partner=partner, flows=flows, day=day)
        values = [
            [each.flow, each.reason, [[p.kind, p.day, dict(p.fields)] for p in each.previews]]
            for each in shown
        ]
        return [values, preview_of(world.member, manifest, flows)]

    return ask


def sampled(dice: Random, count: int) -> Questions:
    """Choose so many questions by chance, and a preview now and then."""

    def choose(world: World) -> list[Question]:
        found = every_question(world)
        previews = [question for question in found if question[0].startswith("preview")]
        others = [question for question in found if not question[0].startswith("preview")]
        return [
            *dice.sample(others, k=min(count, len(others))),
            *dice.sample(previews, k=dice.random() < 0.2),
        ]

    return choose


def the_same_again(choose: Questions) -> Questions:
    """Ask at every run what was chosen at the first."""
    kept: list[Question] = []

    def ask(world: World) -> list[Question]:
        kept[:] = kept or choose(world)
        return kept

    return ask
