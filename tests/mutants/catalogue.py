# ruff: noqa: E501 (one wrong a line)
"""The mutants: what a tired hand could do to the gate, by name, as one replacement in one file.

Each old text stands in its file exactly once; one that does not any more has to be written anew, and fails the run.
"""

from typing import NamedTuple


class Mutant(NamedTuple):
    """One planted wrong: in `file`, `old` becomes `new`."""

    name: str
    file: str
    old: str
    new: str


COMPILED, RULES, CONDITIONS = (
    "consent/gate/compiled.py",
    "consent/gate/rules.py",
    "consent/gate/conditions.py",
)
PROJECTION, PROJECTORS, DECIDE = (
    "consent/gate/projection.py",
    "consent/gate/projectors.py",
    "consent/gate/decide.py",
)
POLICY, MANIFESTS, TAGS = (
    "consent/gate/policy.py",
    "consent/manifests/validation.py",
    "records/vocabulary/tags.py",
)


def _of(file: str, *wrongs: tuple[str, str, str]) -> tuple[Mutant, ...]:
    return tuple(Mutant(name, file, old, new) for name, old, new in wrongs)


MUTANTS: tuple[Mutant, ...] = (
    *_of(
        COMPILED,
        ("private documents are like others", "(datum is not None and datum.kind in self.private):\n            return", "False:\n            return"),
        ("women's health is unknown first", "if ask.data_type in self.womens_health or", "if"),
        ("unknown types are undeclared", "if ask.data_type not in self.policy.data_types:", "if False:"),
        ("a suspended partner is served", 'self.snapshot.partner_status == "active" else', "True else"),
        ("suspension is asked after the flow", "return loaded.closed or Reason.FLOW_NOT_DECLARED", "return Reason.FLOW_NOT_DECLARED"),
        ("any channel will do", "if ask.channel is not None and ask.channel != row.channel:", "if False:"),
        ("a yes begins a moment late", "at < loaded.begins:", "at <= loaded.begins:"),
        ("a yes holds before it begins", "loaded.begins is None or at < loaded.begins:", "loaded.begins is None:"),
        ("an end is inclusive", "at >= loaded.ends:", "at > loaded.ends:"),
        ("nothing expires", "if loaded.ends is not None and at >= loaded.ends:", "if False:"),
        ("an ended grant lives on", "if loaded.ended is not None:", "if False:"),
        ("the notice is not looked at", "every if grant.noticed is None else self.mask(grant.noticed)", "every"),
        ("a changed partner goes on", "(0 if grant.partner_changed else every,", "(every,"),
        ("every toggle is on", "(self.mask(grant.on), Reason.TOGGLE_OFF)", "(every, Reason.TOGGLE_OFF)"),
        ("the phone is not asked", "every & ~self.mask(grant.device_off)", "every"),
        ("the phone is read the wrong way", "every & ~self.mask(grant.device_off)", "every & self.mask(grant.device_off)"),
        ("everyone is served everywhere", "every if regions is None or member.region in regions else 0", "every"),
        ("a lapsed membership reads on", "(every & ~self.api if lapsed else every,", "(every,"),
        ("a lapsed membership stops every channel", "(every & ~self.api if lapsed else every,", "(0 if lapsed else every,"),
        ("membership is asked of every generation", 'member.membership != "active" and member', 'member.membership != "active" or member'),
        ("the last step names the reason", "next(reason for mask, reason in loaded.steps if", "next(reason for mask, reason in reversed(loaded.steps) if"),
        ("only the last mask counts", "self.open &= mask", "self.open = mask"),
        ("conditions are not met and it goes on", "if not met(datum, at, zone):", "if False:"),
        ("nothing is before the yes", "if since is not None and self._is_before(datum, kind, since, zone):", "if False:"),
        ("the first day itself is too early, the short way", "datum.fields[day][:10]) < since", "datum.fields[day][:10]) <= since"),
        ("a day that cannot be read is fine, the short way", "except (KeyError, TypeError, ValueError):\n            return True", "except (KeyError, TypeError, ValueError):\n            return False"),
        ("what came in goes out", "if datum.origin in self.staying:", "if False:"),
        ("exports and imports trade their conditions", "if row.exports:", "if not row.exports:"),
        ("tags leave whatever they name", "datum.kind in self.coded and not entry_may_leave(kind, datum.fields)", "False"),
        ("the day is UTC's", "zone = loaded.zone or ZoneInfo(loaded.snapshot.member.timezone)", 'zone = ZoneInfo("UTC")'),
        ("sources are forbidden, not allowed", '.get("source") in sources)', '.get("source") not in sources)'),
        ("a yes to a part covers the whole", "own = frozenset(path.partition(\".\")[2] for path in covered", "own = frozenset(path.partition(\".\")[2] for path in row.paths"),
        ("the mask covers all", "if path in covered)\n        manifest", "if path in row.paths)\n        manifest"),
        ("an empty release is a permit", "if fields is None:", "if False:"),
        ("a snapshot of another partner will do", "last.snapshot is snapshot and last.partner == partner", "last.snapshot is snapshot"),
        ("yesterday's snapshot will do", "last.snapshot is snapshot and last.partner == partner", "last.partner == partner"),
    ),
    *_of(
        RULES,
        ("withdrawn and revoked are one", "Status.WITHDRAWN: Reason.GRANT_WITHDRAWN", "Status.WITHDRAWN: Reason.GRANT_REVOKED"),
        ("membership begins with generation 4", "FIRST_GENERATION_WITH_MEMBERSHIP = 3", "FIRST_GENERATION_WITH_MEMBERSHIP = 4"),
        ("what was shown is forgotten", "covered = flow.field_set if shown is None else flow.field_set & shown", "covered = flow.field_set"),
        ("a yes covers what was once declared", "else flow.field_set & shown", "else flow.field_set | shown"),
        ("a part leaks from a composite", "if _belongs(path, policy) not in closed)", ")"),
        ("a part opens by the other direction", 'f"export:{part}" not in grant.on', 'f"import:{part}" not in grant.on'),
        ("made of women's health is not women's health", "return any(part not in policy.data_types or", "return any(False and part not in policy.data_types and"),
        ("women's health is like any category", "known.category is Category.WOMENS_HEALTH or known.sensitivity.private", "False"),
        ("two rules change places", "    notice_outdated,\n    partner_changed,\n    toggle_off,\n", "    partner_changed,\n    notice_outdated,\n    toggle_off,\n"),
        ("a rule is dropped", "    device_permission_off,\n    region_not_served,\n", "    region_not_served,\n"),
    ),
    *_of(
        CONDITIONS,
        ("the first day itself is too early", "earliest < since", "earliest <= since"),
        ("a day that cannot be read is fine", "earliest is None or earliest < since", "earliest is not None and earliest < since"),
        ("standing documents are too old", "since is None or (kind is not None and kind.standing)", "since is None"),
        ("one row of today is enough", "return min((day for day in _local_days(datum, name, zone)", "return max((day for day in _local_days(datum, name, zone)"),
        ("rows without a time are overlooked", "if None not in days else None", "if True else None"),
        ("the writer's own day counts", "return moment.astimezone(zone).date() if moment", "return moment.date() if moment"),
    ),
    *_of(
        PROJECTION,
        ("what stays goes along", "leaf.envelope is envelope and not leaf.stays", "leaf.envelope is envelope"),
        ("every field of a kind is open", "if leaf.path in paths and leaf.envelope is envelope", "if leaf.envelope is envelope"),
        ("the last row of a minute is kept", "first[minute] = min(", "first[minute] = max("),
        ("every row goes to everyone", "if granularity is Granularity.AS_RECORDED:", "if True:"),
        ("the oldest row is the newest", "[max(timed, key=lambda pair: pair[0])[1]]", "[min(timed, key=lambda pair: pair[0])[1]]"),
        ("a number can hide a document", "_pick(source: Fields, tree: Tree)", "_pick(source: Fields, tree: Tree, value_of: Any = lambda v, _: v)"),
    ),
    *_of(
        PROJECTORS,
        ("an envelope goes alone", '"    if not out: return None"', '"    if False: return None"'),
        ("the envelope stays behind", '"    head.update(out)", "    return head"', '"    return out"'),
        ("a null is released", "if {place} is not None: {target}", "if True: {target}"),
        ("the short way takes any shape", "f\"    if {plain}:\"", 'f"    if True or {plain}:"'),
        ("a stored body goes as recorded", "thinned(decode(body)[\"rows\"], kind.day, granularity)", "thinned(decode(body)[\"rows\"], kind.day, Granularity.AS_RECORDED)"),
    ),
    *_of(DECIDE, ("what breaks is a yes", "        return table.decide(ask, table.load(ask.partner, snapshot))\n    except Exception:\n        return Decision(permit=False, reason=Reason.ERROR", "        return table.decide(ask, table.load(ask.partner, snapshot))\n    except Exception:\n        return Decision(permit=True, reason=Reason.PERMITTED")),
    *_of(POLICY, ("nothing stays here", "return manifest is not None and manifest.imports_stay", "return False")),
    *_of(
        MANIFESTS,
        ("a manifest may name women's health", "    if is_womens_health(data_type):", "    if False:"),
        ("a manifest may name a private field", "    if leaf.sensitivity.private:", "    if False:"),
        ("a manifest may name another type's field", "    if leaf.data_type not in allowed:", "    if False:"),
        ("a manifest may have any purpose", "    if flow.purpose not in set(Purpose):", "    if False:"),
    ),
    *_of(
        TAGS,
        ("one code that may leave is enough", "not all(may_leave(code) for code in codes)", "not any(may_leave(code) for code in codes)"),
        ("a tag without a code may leave", "isinstance(code, str) and stem(code) in _ALLOWED", "not isinstance(code, str) or stem(code) in _ALLOWED"),
    ),
)  # fmt: skip
