"""Values of each kind of document, with every field that can be filled filled sometimes."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, timedelta, timezone
from typing import Any, Final, NamedTuple

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from checkdata import json as documents
from checkdata.domain.access.decision import AccessFacts, Acting, Decision, Granted, Reason, Refused
from checkdata.domain.access.predicates import AllOf, AnyOf, AtLeast, AtMost, Blank, Equals, Predicate
from checkdata.domain.people.users import LapseReason, LapseWarning, SecondAddress
from tests.strategies import NOON, agreements, email_addresses, grants, organisations, scopes, users
from tests.unit.training.examples import any_facts

_IDS: Final = st.sampled_from(["a", "Ä 1", "a/b~c", "7"])
_DAYS: Final = st.dates() | st.sampled_from([date.min, date.max])
_OFFSETS: Final = st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))])
_MOMENTS: Final = st.builds(
    lambda passed, offset: (NOON + passed).astimezone(offset),
    st.timedeltas(timedelta(days=-700_000), timedelta(days=2_000_000)),
    _OFFSETS,
)
_TEXTS: Final = st.text(max_size=5)
_WARNINGS: Final = st.builds(LapseWarning, reason=st.sampled_from(LapseReason), told_on=_DAYS, ends_on=_DAYS)
_SECONDS: Final = st.builds(SecondAddress, email=email_addresses(), confirmed_at=st.none() | _MOMENTS)


def _with(values: SearchStrategy[Any], **fields: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """The same values, some of their fields drawn again."""
    return st.builds(evolve, values, **fields)


ACTINGS: Final = st.builds(Acting, user_id=_IDS, organisation=organisations())
FACTS: Final = st.builds(
    AccessFacts,
    user=st.none() | _with(users(), second=st.none() | _SECONDS),
    grants=st.lists(
        _with(
            grants(),
            granted_by=_TEXTS,
            nomination_id=st.none() | _IDS,
            confirmed_on=st.none() | _DAYS,
            still_there_on=st.none() | _DAYS,
            warning=st.none() | _WARNINGS,
        ),
        max_size=3,
    ),
    agreements=st.lists(_with(agreements(), ended_on=st.none() | _DAYS, added_by_hand=st.booleans()), max_size=3),
)
DECISIONS: Final[SearchStrategy[Decision]] = st.builds(
    Granted,
    scope=_with(scopes(), agreement_ids=st.lists(_IDS, max_size=2)),
    holds_until=st.none() | _DAYS,
    rules_version=st.integers(),
) | st.builds(
    Refused,
    reason=st.sampled_from(Reason),
    message=_TEXTS,
    detail=_TEXTS,
    hides_existence=st.booleans(),
    holds_until=st.none() | _DAYS,
    rules_version=st.integers(),
)
PREDICATES: Final[SearchStrategy[Predicate]] = st.recursive(
    st.builds(Equals, _TEXTS, _TEXTS)
    | st.builds(Blank, _TEXTS)
    | st.builds(AtLeast, _TEXTS, st.integers())
    | st.builds(AtMost, _TEXTS, st.integers()),
    lambda parts: st.builds(AllOf, st.lists(parts, max_size=3)) | st.builds(AnyOf, st.lists(parts, max_size=3)),
    max_leaves=6,
)


class Kind(NamedTuple):
    """A kind of document: values of it, and how they are written and read."""

    values: SearchStrategy[Any]
    write: Callable[[Any], Mapping[str, Any]]
    read: Callable[[Mapping[str, Any]], Any]


KINDS: Final[Mapping[documents.SchemaName, Kind]] = {
    "acting": Kind(ACTINGS, documents.acting_to_json, documents.acting_from_json),
    "decision": Kind(DECISIONS, documents.decision_to_json, documents.decision_from_json),
    "facts": Kind(FACTS, documents.facts_to_json, documents.facts_from_json),
    "predicate": Kind(PREDICATES, documents.predicate_to_json, documents.predicate_from_json),
    "training_facts": Kind(any_facts(), documents.training_facts_to_json, documents.training_facts_from_json),
}
