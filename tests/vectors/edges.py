"""What there is to be got wrong in each question of the vectors, in words."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import product
from typing import Any, Final

from checkdata.domain.training.facts import Eligibility, EligibilityReason
from checkdata.domain.training.states import TrainingState
from checkdata.domain.training.statuses import Status
from tests.vectors.edges_of_decisions import EDGES_OF_DECISIONS, edges_of_decision, place_of

Json = dict[str, Any]

_ORDER: Final = ("open before ended", "the newest start", "the newest update", "the highest id")
_DAYS_OF_STATUS: Final = ("starts_on", "ends_on", "induction_started_on")

EDGES: Final[Mapping[str, frozenset[str]]] = {
    "decision": EDGES_OF_DECISIONS,
    "rows": frozenset(
        {
            *(f"{leaf}: {found}" for leaf in ("equals", "blank", "at least", "at most") for found in ("yes", "no")),
            *("at least: null", "at most: null", "no parts: always", "no parts: never", "a part in a part of a part"),
            *("equals the empty text: null", "blank: 0 or false", "not every part", "one part of several"),
        }
    ),
    "day": frozenset({"London is an hour ahead", "London is at UTC", "another day than at the moment's own offset"}),
    "status": frozenset(
        {
            *(f"{state.value} of {role}" for state, role in product(TrainingState, ("ect", "mentor"))),
            *(status.value for status in Status),
            *(f"{name} {place}" for name in _DAYS_OF_STATUS for place in ("was yesterday", "is today", "is tomorrow")),
            *(f"{decided.value}, {reason.value}" for decided, reason in product(Eligibility, EligibilityReason)),
        }
    )
    - {
        f"{state} of {role}"
        for role, states in {
            "mentor": (
                *("leaving", "joining", "completed_training", "no_induction_start", "duplicate_profile"),
                *("not_qualified", "exempt_from_induction", "previous_induction", "registered_for_fip_no_partner"),
                *("registered_for_fip_training", "registered_for_cip_training", "registered_for_diy_training"),
                *("active_fip_training", "active_cip_training", "active_diy_training", "not_registered_for_training"),
            ),
            "ect": ("active_mentoring", "active_mentoring_ero", "not_yet_mentoring", "not_yet_mentoring_ero"),
        }.items()
        for state in states
    },
    "record": frozenset(
        {
            *(f"chosen: {reason}" for reason in _ORDER),
            *("no records", "none of this organisation", "a partnership that is not confirmed", "a body's mentor"),
            *("displaced", "ends today", "ended yesterday"),
            *("starts today", "starts tomorrow", "another organisation's older record", "updated at the same moment"),
            *("one ends today, and one that started later has ended", "nobody's record would come first"),
            "a record of another organisation would come first, if it had started",
        }
    ),
}
"""What at least one vector has, by the kind of question."""


def edges_of(question: Json, answer: Json) -> list[str]:
    """The edges of one question, in order."""
    return sorted(set(_EDGES_OF[question["ask"]](question, answer)))


def _edges_of_rows(question: Json, answer: Json) -> Iterator[str]:
    predicate = question["predicate"]
    for row, is_covered in zip(question["rows"], answer["covered"], strict=True):
        yield from _edges_of_row(predicate, row, "yes" if is_covered else "no")
    if _depth(predicate) > 2:
        yield "a part in a part of a part"


def _depth(condition: Json) -> int:
    """How many trees lie in each other; a leaf of two conditions is none."""
    parts = condition["value"]
    if condition["type"] == "field" or _leaf(condition):
        return 0
    return 1 + max(map(_depth, parts), default=0)


def _leaf(condition: Json) -> str:
    if condition["type"] == "field":
        return "equals"
    parts = condition["value"]
    if len(parts) == 2 and parts[0]["value"] is None:
        return {"eq": "blank", "gte": "at least", "lte": "at most"}[parts[1]["operator"]]
    return ""


def _edges_of_row(predicate: Json, row: Json, found: str) -> Iterator[str]:
    leaf = _leaf(predicate)
    if leaf:
        yield f"{leaf}: {found}"
    if leaf.startswith("at ") and row["year"] is None:
        yield f"{leaf}: null"
    if leaf == "equals" and predicate["value"] == "" and row["one"] is None:
        yield "equals the empty text: null"
    if leaf == "blank" and row["one"] is not None and row["one"] in (0, False):
        yield "blank: 0 or false"
    if not leaf and not predicate["value"]:
        yield f"no parts: {'always' if found == 'yes' else 'never'}"
    if not leaf and len(predicate["value"]) > 1 and (predicate["operator"] == "and") == (found == "no"):
        yield "not every part" if found == "no" else "one part of several"


def _edges_of_day(question: Json, answer: Json) -> Iterator[str]:
    moment, day = question["moment"], answer["day"]
    if day != moment[:10]:
        yield "another day than at the moment's own offset"
    yield "London is an hour ahead" if "03-31T01:00" <= moment[5:16] < "10-27T01:00" else "London is at UTC"


def _edges_of_status(question: Json, answer: Json) -> Iterator[str]:
    facts, on = question["facts"], date.fromisoformat(question["on"])
    yield f"{answer['state']} of {facts['role']}"
    yield answer["status"]
    for name in _DAYS_OF_STATUS:
        yield from (f"{name} {place}" for place in place_of(facts[name], on))
    if facts["eligibility"] and facts["eligibility_reason"]:
        yield f"{facts['eligibility']}, {facts['eligibility_reason']}"


def _edges_of_record(question: Json, answer: Json) -> Iterator[str]:
    records, role, on = question["records"], question["viewer"]["role"], question["on"]
    named = [each for each in records if each[f"{role}_id"] == question["viewer"]["id"]]
    ours = [each for each in named if _counts(each, role)]
    if not records:
        yield "no records"
    if records and not named:
        yield "none of this organisation"
    if named and not ours:
        yield "a partnership that is not confirmed" if role == "delivery_partner" else "a body's mentor"
    for record in ours:
        yield from _edges_of_days(record, on)
    if answer["displaced"]:
        yield "displaced"
    elif ours:
        yield from _edges_of_others(ours, records, role, on)
    if len(ours) == 2:
        first, last = sorted(ours, key=lambda each: str(each["starts_on"]))
        yield from _edges_of_order(first, last, on)


def _counts(record: Json, role: str) -> bool:
    return bool(record["partnership"] == "confirmed" if role == "delivery_partner" else record["role"] == "ect")


def _edges_of_order(first: Json, last: Json, on: str) -> Iterator[str]:
    if first["ends_on"] == on > (last["ends_on"] or on) and first["starts_on"] < last["starts_on"]:
        yield "one ends today, and one that started later has ended"
    why = _why(first, last, on)
    yield f"chosen: {why}"
    if why == "the highest id" and first["updated_at"] != last["updated_at"]:
        yield "updated at the same moment"


def _edges_of_others(ours: Sequence[Json], records: Sequence[Json], role: str, on: str) -> Iterator[str]:
    """Of records that are not theirs."""
    newest = max(each["starts_on"] for each in ours)
    others = [each for each in records if each not in ours]
    if others and not any(each["starts_on"] > on for each in others):
        yield "another organisation's older record"
    for record in others:
        is_open = record["ends_on"] is None or record["ends_on"] >= on
        if not is_open or record["starts_on"] <= newest:
            continue
        if not _counts(record, role) or record[f"{role}_id"] is None:
            yield "nobody's record would come first"
        elif record["starts_on"] > on:
            yield "a record of another organisation would come first, if it had started"


def _edges_of_days(record: Json, on: str) -> Iterator[str]:
    if record["starts_on"] >= on:
        yield "starts today" if record["starts_on"] == on else "starts tomorrow"
    if record["ends_on"] is not None and record["ends_on"] <= on:
        yield "ends today" if record["ends_on"] == on else "ended yesterday"


def _why(one: Json, other: Json, on: str) -> str:
    """Which part of the order tells one record from another."""
    keys = [
        (
            each["ends_on"] is None or each["ends_on"] >= on,
            each["starts_on"],
            datetime.fromisoformat(each["updated_at"]),
        )
        for each in (one, other)
    ]
    return next((words for words, a, b in zip(_ORDER, *keys, strict=False) if a != b), _ORDER[-1])


_EDGES_OF: Final[Mapping[str, Callable[[Json, Json], Iterator[str]]]] = {
    "day": _edges_of_day,
    "decision": edges_of_decision,
    "record": _edges_of_record,
    "rows": _edges_of_rows,
    "status": _edges_of_status,
}
