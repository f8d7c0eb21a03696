"""The gate a second time, as a table read off DESIGN's text: one line a reason, in its order.

It shares the vocabulary and the manifests with the gate, and not one line of how it decides.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from consent.gate.shapes import Request, Snapshot
from consent.manifests.shapes import Flow, Manifest
from records.vocabulary.registry import DATA_TYPES, KINDS, WOMENS_HEALTH
from records.vocabulary.tags import MAY_LEAVE

Answer = tuple[str, dict[str, Any] | None]
NO_CONNECTION = frozenset({"headspace", "clue", "flo"})
STAYS = frozenset({"strava", "stelo"})  # what came in from Strava or Stelo goes out to nobody
ONLY_WITH_HEART_RATE = ("strava", "export:workout")
ONLY_TODAY = {("strava", "import:workout"): "start_datetime", ("strava", "import:heart_rate"): "timestamp"}
REGIONS = {"stelo": {"US"}}  # US members only


class Facts:
    """One request with what was true, and the questions that the table asks of them."""

    def __init__(self, ask: Request, told: Snapshot, manifests: Mapping[str, Manifest]) -> None:
        self.ask, self.told, self.grant = ask, told, told.grant
        self.manifest = manifests.get(ask.partner)
        self.flow: Flow | None = self.manifest.flow(ask.flow) if self.manifest else None
        self.kind = KINDS.get(ask.datum.kind) if ask.datum else None
        self.body: Mapping[str, Any] = ask.datum.fields if ask.datum else {}
        self.out = ask.direction == "export"
        self.zone = ZoneInfo(told.member.timezone)
        self.who = (ask.partner, ask.flow)

    def status(self, word: str) -> bool:
        return self.grant is not None and self.grant.status == word

    def over(self) -> bool:
        return (
            self.grant is not None
            and self.grant.expires_at is not None
            and self.grant.expires_at <= self.ask.at
        )

    def rows(self) -> list[Mapping[str, Any]]:
        rows = self.body.get("rows")
        if isinstance(rows, list):
            return [row for row in rows if isinstance(row, dict)]
        return [self.body]

    def day_of(self, written: object) -> date | None:
        if isinstance(written, str) and len(written) > 10:
            try:
                moment = datetime.fromisoformat(written)
            except ValueError:
                return None
            return moment.astimezone(self.zone).date() if moment.tzinfo else None
        return None

    def days(self) -> list[date | None]:
        """The local days that the document is about; none for a standing document."""
        if self.kind is not None and not self.kind.day:
            return []
        if self.kind is not None and self.kind.series:
            return [self.day_of(row.get("timestamp")) for row in self.rows()] or [None]
        written = self.body.get(self.kind.day if self.kind else "day")
        try:
            return [date.fromisoformat(written[:10]) if isinstance(written, str) else None]
        except ValueError:
            return [None]

    def is_of_today(self) -> bool:
        today = self.ask.at.astimezone(self.zone).date()
        begun = [self.day_of(row.get(ONLY_TODAY[self.who])) for row in self.rows()]
        if "rows" in self.body:
            begun = [self.day_of(row.get("timestamp")) for row in self.rows()]
        return min((day for day in begun if day), default=None) == today

    def is_before_the_yes(self) -> bool:
        first = self.grant.history_from if self.grant else None
        return first is not None and any(day is None or day < first for day in self.days())

    def names_womens_health(self) -> bool:
        """An entry with a code off the allow list, however it is spelled, or with no code at all."""
        codes: list[object] = []
        for leaf in self.kind.fields if self.kind else ():
            if leaf.per_entry:
                value = self.body.get(leaf.path)
                codes += value if isinstance(value, list) and value else [value]
        return any(not isinstance(code, str) or _stem(code) not in _STEMS for code in codes)

    def released(self) -> dict[str, Any] | None:
        if self.kind is None or self.flow is None:
            return None
        open_ = {path for path in self.flow.fields.get(self.kind.name, ()) if self.may(path)}
        if self.kind.series and "rows" in self.body:
            kept = [part for row in self.rows() if (part := _picked(row, open_, self.kind.envelope))]
            kept = _THIN[self.flow.granularity.value](kept)
            return {"rows": kept} if kept else None
        return _picked(self.body, open_, self.kind.envelope)

    def may(self, path: str) -> bool:
        """What was shown covers it; and a part that has a switch of its own has it on."""
        assert self.kind is not None
        assert self.grant is not None
        assert self.manifest is not None
        shown = self.grant.on.get(self.ask.flow)
        part = f"export:{self.kind.by_path[path].data_type}"
        if DATA_TYPES[self.ask.data_type].made_of and self.manifest.flow(part) and part not in self.grant.on:
            return False
        return shown is None or f"{self.kind.name}.{path}" in shown


def _womens_health(key: str) -> bool:
    return key in WOMENS_HEALTH or any(
        _womens_health(part) for part in (DATA_TYPES[key].made_of if key in DATA_TYPES else ())
    )


ORDER: tuple[tuple[str, Callable[[Facts], object]], ...] = (
    ("womens_health", lambda f: _womens_health(f.ask.data_type) or (f.kind and f.kind.name in WOMENS_HEALTH)),
    ("unknown_data_type", lambda f: f.ask.data_type not in DATA_TYPES),
    ("unknown_partner", lambda f: f.manifest is None),
    ("partner_suspended", lambda f: f.told.partner_status != "active"),
    ("flow_not_declared", lambda f: f.flow is None or f.ask.partner in NO_CONNECTION),
    ("flow_not_declared", lambda f: f.ask.channel not in (None, f.flow.channel)),
    ("no_grant", lambda f: f.grant is None or f.ask.at < f.grant.granted_at),
    ("grant_withdrawn", lambda f: f.status("withdrawn")),
    ("grant_revoked", lambda f: f.status("revoked")),
    ("grant_expired", lambda f: f.status("expired") or f.over()),
    ("notice_outdated", lambda f: f.grant.noticed is not None and f.ask.flow not in f.grant.noticed),
    ("partner_changed", lambda f: f.grant.partner_changed),
    ("toggle_off", lambda f: f.ask.flow not in f.grant.on),
    ("device_permission_off", lambda f: f.ask.flow in f.grant.device_off),
    ("region_not_served", lambda f: f.told.member.region not in REGIONS.get(f.ask.partner, {f.told.member.region})),
    ("membership_lapsed", lambda f: f.flow.channel == "api" and f.told.member.ring_generation > 2
        and f.told.member.membership != "active"),
    ("permitted", lambda f: f.ask.datum is None),  # asked about the flow alone
    ("source_not_allowed", lambda f: f.who == ONLY_WITH_HEART_RATE and f.body.get("source") != "workout_heart_rate"),
    ("not_current_day", lambda f: f.who in ONLY_TODAY and not f.is_of_today()),
    ("before_consent", lambda f: f.out and f.is_before_the_yes()),
    ("origin_not_allowed", lambda f: f.out and f.ask.datum.origin in STAYS),
    ("womens_health_entry", lambda f: f.names_womens_health()),
    ("nothing_to_release", lambda f: f.released() is None),
    ("permitted", lambda f: True),
)  # fmt: skip


def answer(ask: Request, told: Snapshot, manifests: Mapping[str, Manifest]) -> Answer:
    """Return the reason, and what is released."""
    facts = Facts(ask, told, manifests)
    reason = next(name for name, objects in ORDER if objects(facts))
    return reason, facts.released() if reason == "permitted" and ask.datum is not None else None


_STEMS = {stem.replace("_", "") for stem in MAY_LEAVE}


def _stem(code: str) -> str | None:
    plain = code.lower().replace("_", "").replace("-", "")
    return next(
        (plain[len(start) :] for start in ("taggeneric", "tagsleep") if plain.startswith(start)), None
    )


def _picked(body: Mapping[str, Any], open_: set[str], envelope: tuple[str, ...]) -> dict[str, Any] | None:
    taken = _taken(body, open_)
    return {**_taken(body, set(envelope)), **taken} if taken else None


def _taken(value: Mapping[str, Any], paths: set[str]) -> dict[str, Any]:
    return dict(_members(value, paths))


def _members(value: Mapping[str, Any], paths: set[str]) -> Iterator[tuple[str, Any]]:
    for name, inner in value.items():
        under = {path.split(".", 1)[1] for path in paths if path.startswith((f"{name}.", f"{name}[]."))}
        if name in paths and inner is not None:
            yield name, inner
        elif isinstance(inner, list) and under:
            items = [item for each in inner if (item := _taken(each, under))]
            if items:
                yield name, items
        elif isinstance(inner, dict) and under and (members := _taken(inner, under)):
            yield name, members


def _timed(rows: list[dict[str, Any]]) -> list[tuple[datetime, dict[str, Any]]]:
    found = []
    for row in rows:
        try:
            moment = datetime.fromisoformat(str(row.get("timestamp")))
        except ValueError:
            continue
        if moment.tzinfo:
            found.append((moment.astimezone(UTC), row))
    return found


def _one_a_minute(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    timed = _timed(rows)
    minutes = {moment.replace(second=0, microsecond=0) for moment, _ in timed}
    first = {
        minute: min(m for m, _ in timed if m.replace(second=0, microsecond=0) == minute) for minute in minutes
    }
    kept: list[dict[str, Any]] = []
    for moment, row in timed:
        if first.get(minute := moment.replace(second=0, microsecond=0)) == moment:
            del first[minute]
            kept.append(row)
    return kept


def _newest(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    timed = _timed(rows)
    latest = max((moment for moment, _ in timed), default=None)
    return [row for moment, row in timed if moment == latest][:1]


_THIN: dict[str, Callable[[list[dict[str, Any]]], list[dict[str, Any]]]] = {
    "as_recorded": lambda rows: rows,
    "one_a_minute": _one_a_minute,
    "newest": _newest,
}
