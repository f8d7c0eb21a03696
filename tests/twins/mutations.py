"""How a twin differs: in women's-health inputs, in the member's own words, and in nothing else.

Each function changes a script in place and says whether there was anything to change.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random

from records.vocabulary.tags import may_leave
from tests.twins import words
from tests.twins.scripts import TODAY, Doc, Script, Step, copied, older, tag

Mutation = Callable[[Script, Random], bool]
BROKEN_FLOWS = ("gushing", "none of yours", "", "HEAVY", "luteal")


def a_twin(script: Script, dice: Random) -> tuple[Script, list[str]]:
    """Return a changed copy, and what was done to it: one to six mutations that found something to change."""
    twin, done, wanted = copied(script), list[str](), dice.randint(1, 6)
    while len(done) < wanted:
        mutation = dice.choice(ALL)
        if mutation(twin, dice):
            done.append(mutation.__name__)
    return twin, done


def log_womens_health(script: Script, dice: Random) -> bool:
    """More women's-health documents, anywhere among those of a step."""
    for _ in range(dice.randint(1, 3)):
        _insert(_saves(script, dice), words.a_private_document(dice, f"w{dice.randrange(10**6)}"), dice)
    return True


def log_none(script: Script, dice: Random) -> bool:
    """No women's-health document at all."""
    found = [doc for doc in _docs(script) if doc.kind in words.WOMENS_HEALTH and not _broken(doc)]
    for step in script:
        step.docs = [doc for doc in step.docs if all(doc is not each for each in found)]
    return bool(found)


def log_other_values(script: Script, dice: Random) -> bool:
    """The same women's-health documents, with other values."""
    found = [doc for doc in _docs(script) if doc.kind in words.WOMENS_HEALTH and not _broken(doc)]
    for doc in found:
        other = words.a_private_document(dice, doc.external_id)
        doc.kind, doc.body, doc.origin = other.kind, other.body, other.origin
    return bool(found)


def tag_more(script: Script, dice: Random) -> bool:
    """A private tag more, under either route."""
    number = dice.randint(10, 59)
    code, said = words.private_code(dice), words.note(dice)
    day = TODAY - timedelta(days=dice.randint(0, 3))
    codes = dice.choice(([], [code or "custom"], ["tag_generic_caffeine", code or "custom"]))
    made = dice.choice((tag(number, code, comment=said, day=day), older(number, codes, text=said)))
    _insert(_saves(script, dice), made, dice)
    return True


def tag_otherwise(script: Script, dice: Random) -> bool:
    """A private tag with another private code, moved, or with other words."""
    doc = _one(_private_tags(script), dice)
    if doc is None:
        return False
    if doc.kind == "tag":
        doc.body |= {"tags": [words.private_code(dice) or "custom"], "text": words.note(dice)}
    else:
        doc.body |= {"tag_type_code": words.private_code(dice), "comment": words.note(dice)}
        doc.body["start_time"] = f"{TODAY}T{dice.randint(0, 23):02d}:15:00-05:00"
    return True


def tag_less(script: Script, dice: Random) -> bool:
    """A private tag that was never there; one that was public before must still be edited."""
    doc = _one([doc for doc in _private_tags(script) if doc.external_id not in {"t1"}], dice)
    for step in script if doc else ():
        step.docs = [each for each in step.docs if each is not doc]
    return doc is not None


def tag_forgotten(script: Script, dice: Random) -> bool:
    """A public tag that becomes private is, to a partner, one that was deleted."""
    for step in script:
        if step.name == "edited" and step.act == "save" and [doc.external_id for doc in step.docs] == ["t1"]:
            step.act, step.ids, step.docs = "forget", (("ring", "t1"),), []
            return True
    return False


def tag_edited_more(script: Script, dice: Random) -> bool:
    """From private to private once more, or private before it was ever public."""
    number, before = dice.choice(((1, "again"), (4, "late"), (2, "back")))
    if number == 1 and "edited" not in {step.name for step in script}:
        return False  # it is public still
    return _squeeze(script, dice, before, tag(number, words.private_code(dice), comment=words.note(dice)))


def write_notes(script: Script, dice: Random) -> bool:
    """Free text: labels, comments, names of tags, texts, what was eaten."""
    names = {
        "workout": ("label",),
        "enhanced_tag": ("comment", "custom_name"),
        "tag": ("text",),
        "meal": ("text",),
    }
    found = [doc for doc in _docs(script) if doc.kind in names and not _broken(doc)]
    for doc in found:
        for name in names[doc.kind]:
            if dice.random() < 0.3:
                doc.body.pop(name, None)
            else:
                doc.body[name] = words.note(dice)
    return bool(found)


def rest_for_another_reason(script: Script, dice: Random) -> bool:
    """Other reasons, and as many as there may be: nobody sees an episode without its reason."""
    found = [doc for doc in _docs(script) if doc.kind == "rest_mode_period"]
    for doc in found:
        doc.body["episodes"] = [
            {
                "timestamp": f"{TODAY}T{dice.randint(0, 23):02d}:30:00-05:00",
                "tags": [words.private_code(dice) or "pregnant" for _ in range(dice.randint(0, 3))],
            }
            for _ in range(dice.randint(0, 4))
        ]
    return bool(found)


def score_with_cycle(script: Script, dice: Random) -> bool:
    """The score that takes the cycle's phase into account: another, none, or null."""
    found = [doc for doc in _docs(script) if doc.kind == "daily_readiness"]
    for doc in found:
        doc.body["score_with_cycle"] = dice.choice((None, *range(0, 101, 7)))
        if dice.random() < 0.3:
            del doc.body["score_with_cycle"]
    return bool(found)


def open_words(script: Script, dice: Random) -> bool:
    """Another word that partners know as `other`."""
    names = {"workout": "activity", "personal_info": "biological_sex"}
    known = {"other", *words.OPEN_WORDS}
    found = [doc for doc in _docs(script) if doc.kind in names and doc.body.get(names[doc.kind]) in known]
    for doc in found:
        doc.body[names[doc.kind]] = dice.choice(sorted(known))
    return bool(found)


def unknown_keys(script: Script, dice: Random) -> bool:
    """Keys that no kind has are not even stored."""
    found = [doc for doc in _docs(script) if "rows" not in doc.body]
    for doc in dice.sample(found, k=min(3, len(found))):
        doc.body[dice.choice(words.UNKNOWN)] = dice.choice(("luteal", 28, True, None, {"day": 3}))
    return bool(found)


def broken_otherwise(script: Script, dice: Random) -> bool:
    """What is malformed is malformed with other values."""
    found = [doc for doc in _docs(script) if _broken(doc)]
    for doc in found:
        doc.body["flow"] = dice.choice(BROKEN_FLOWS)
        doc.body["note"] = words.NOTES[0]
    return bool(found)


def forget_private(script: Script, dice: Random) -> bool:
    """Private documents deleted again, or that never were."""
    ids = tuple((doc.origin, doc.external_id) for doc in _docs(script) if doc.kind in words.WOMENS_HEALTH)
    number = dice.randrange(10**6)
    at = script[-1].at + timedelta(minutes=dice.randint(1, 4))
    script.append(Step(f"x{number}", "forget", at, ids=(*ids[:3], ("ring", f"never{number}"))))
    return True


def _squeeze(script: Script, dice: Random, before: str, doc: Doc) -> bool:
    """Put a step of one private document before a step, at a time of its own."""
    for index, step in enumerate(script):
        if step.name == before:
            at = step.at - timedelta(seconds=dice.randint(30, 500))
            script.insert(index, Step(f"x{dice.randrange(10**6)}", "save", at, docs=[doc]))
            return True
    return False


def _saves(script: Script, dice: Random) -> Step:
    return dice.choice([step for step in script if step.act == "save" and step.name != "broken"])


def _insert(step: Step, doc: Doc, dice: Random) -> None:
    step.docs.insert(dice.randint(0, len(step.docs)), doc)


def _docs(script: Script) -> Iterator[Doc]:
    return (doc for step in script for doc in step.docs)


def _private_tags(script: Script) -> list[Doc]:
    """Tags that are private in the first script: by their codes, which stay private whatever is done to them."""
    return [doc for doc in _docs(script) if doc.kind in {"enhanced_tag", "tag"} and not _may_leave(doc)]


def _may_leave(doc: Doc) -> bool:
    codes = doc.body["tags"] if doc.kind == "tag" else [doc.body["tag_type_code"]]
    return bool(codes) and all(may_leave(code) for code in codes)


def _broken(doc: Doc) -> bool:
    return doc.external_id == "broken"


def _one(found: list[Doc], dice: Random) -> Doc | None:
    return dice.choice(found) if found else None


ALL: tuple[Mutation, ...] = (
    log_womens_health, log_none, log_other_values, tag_more, tag_otherwise, tag_less, tag_forgotten, tag_edited_more,
    write_notes, rest_for_another_reason, score_with_cycle, open_words, unknown_keys, broken_otherwise, forget_private,
)  # fmt: skip
