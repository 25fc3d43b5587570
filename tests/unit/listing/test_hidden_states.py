"""Nothing that a partner or body sees tells one state of a group (statuses.md, *What the sentences may tell*).

Every combination of facts that a feed can tell is listed, for one import and for two. Pages, hints, history, downloads,
counts and order are made of the rows of a listing and of their versions, so that one row, or two rows one after the
other, are what a user can see. A user may know what feeds never tell, and that little changes between two of them.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from functools import cache
from itertools import chain, product
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

import pytest
from attrs import evolve, fields, frozen

from checkdata.domain.feed.derivation import facts_of
from checkdata.domain.listing.columns import chase_columns_for, extended_columns_for, workbook_columns_for
from checkdata.domain.listing.filters import filters_for
from checkdata.domain.listing.rows import ListedParticipant, list_participant
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner
from checkdata.domain.training.facts import (
    DetailsGiven,
    DetailsRequest,
    Eligibility,
    EligibilityReason,
    InductionStatus,
    Mentees,
    ParticipantRole,
    Programme,
    TrainingFacts,
    TrainingStatus,
)
from checkdata.domain.training.records import TrainingRecord, Viewer
from checkdata.domain.training.states import TrainingState, checks_answer, training_state
from checkdata.domain.training.statuses import StatusGroup, shows_trn
from checkdata.domain.training.teacher_records import (
    TeacherInductionStatus,
    TeacherRecord,
    check_against_teacher_records,
)
from tests.contracts.listings import BORN, a_record, a_teacher
from tests.strategies import NAMES, TODAY, day

ECT: Final = ParticipantRole.ECT
ALERTS: Final = frozenset({TrainingState.ACTIVE_FLAGS, TrainingState.NOT_ALLOWED})
VIEWERS: Final[tuple[Viewer, ...]] = (DeliveryPartner("north"), AppropriateBody("both"))

COLUMNS: Final = (workbook_columns_for, extended_columns_for, chase_columns_for)
"""What gives the columns of each file; those of a list are in the first."""

Decision = tuple[bool, Eligibility | None, EligibilityReason | None]
"""Whether the TRN is validated, and what was decided: the facts that an alert may be among."""


class Rest(NamedTuple):
    """All other facts on which the checks depend."""

    role: ParticipantRole
    has_trn: bool
    programme: Programme
    has_lead_provider: bool
    details_given: DetailsGiven
    details_request: DetailsRequest | None
    check_failed: bool
    mentees: Mentees


RESTS: Final = [
    Rest(role, has_trn, programme, has_lead, details, request, failed, mentees)
    for role, has_trn, programme, has_lead, details, failed in product(
        ParticipantRole, (True, False), Programme, (True, False), DetailsGiven, (True, False)
    )
    for request in ((None, *DetailsRequest) if details is DetailsGiven.NONE else (None,))
    for mentees in ((Mentees.NONE,) if role is ECT else Mentees)
]
DECISIONS: Final[Sequence[Decision]] = list(product((True, False), (None, *Eligibility), (None, *EligibilityReason)))


def _facts(rest: Rest, decision: Decision, training: Mapping[str, Any]) -> TrainingFacts:
    validated, eligibility, reason = decision
    return TrainingFacts(
        **rest._asdict(), trn_validated=validated, eligibility=eligibility, eligibility_reason=reason, **training
    )


def _trainings(role: ParticipantRole) -> Sequence[Mapping[str, Any]]:
    """What a feed can tell of the training itself: one example of each state that it gives whatever the checks say."""
    examples: dict[object, Mapping[str, Any]] = {}
    columns: Mapping[str, Sequence[Any]] = {
        "induction_status": tuple(InductionStatus),
        "training_status": tuple(TrainingStatus),
        "school_transfer": (False, True),
        "starts_on": (day(-300), day(30)),
        "ends_on": (None, day(-9), day(9)),
        "induction_started_on": (None, day(-300), day(9)),
    }
    sound = next(rest for rest in RESTS if rest.role is role and rest.has_trn)
    for told in product(*columns.values()):
        training = dict(zip(columns, told, strict=True))
        of_checks = [
            training_state(_facts(sound, decision, training), TODAY)
            for decision in ((True, Eligibility.ELIGIBLE, None), (True, Eligibility.MANUAL_CHECK, None), DECISIONS[0])
        ]
        examples.setdefault(tuple(of_checks), training)
    return list(examples.values())


TRAININGS: Final = {role: _trainings(role) for role in ParticipantRole}


@frozen
class Seen:
    """All that a user is given of a row: its cells, its filters, what its sentence depends on, and since when."""

    cells: tuple[str, ...]
    filters: tuple[object, ...]
    school: str
    role: ParticipantRole
    group: StatusGroup
    updated_at: datetime
    completed_on: date | None
    since: date

    @classmethod
    def of(cls, row: ListedParticipant, viewer: Viewer) -> Self:
        cells = tuple(column.cell(row) for columns in COLUMNS for column in columns(viewer.role))
        filters = tuple(getattr(row, each.field) for each in filters_for(viewer.role))
        others = (getattr(row, field.name) for field in fields(cls)[2:])
        return cls(cells, filters, *others)


class Case(NamedTuple):
    """A combination of facts, as far as it matters: its state, what its checks say, and what is seen."""

    state: TrainingState
    checks: TrainingState | None
    row: Seen


@cache
def _row(viewer: Viewer, rest: Rest, state: TrainingState, *, trn_is_shown: bool) -> Seen | None:
    """What is seen of a participant; None where a body is not shown a mentor."""
    if isinstance(viewer, AppropriateBody) and rest.role is not ECT:
        return None
    record = a_record(role=rest.role, programme=rest.programme, appropriate_body_id="both")
    record = evolve(record, lead_provider_id=record.lead_provider_id if rest.has_lead_provider else None)
    entry = list_participant(
        record, viewer, state, NAMES, shows_trn=rest.has_trn and trn_is_shown, before=None, today=TODAY
    )
    return Seen.of(entry.listed, viewer)


@cache
def _answers(rest: Rest) -> Mapping[Decision, Sequence[tuple[TrainingState, TrainingState | None, bool]]]:
    """By decision, for each training in the order of TRAININGS: state, answer of the checks, whether a TRN shows."""
    found = {}
    for decision in DECISIONS:
        if rest.has_trn or not decision[0]:
            facts = [_facts(rest, decision, training) for training in TRAININGS[rest.role]]
            found[decision] = [(training_state(each, TODAY), checks_answer(each), shows_trn(each)) for each in facts]
    return found


# What a feed may leave to the teacher records, or never tell: who reads a listing may know that


def _left_to_teacher_records(rest: Rest) -> AbstractSet[Decision]:
    return _found_by_teacher_records(rest.role, has_trn=rest.has_trn)


@cache
def _found_by_teacher_records(role: ParticipantRole, *, has_trn: bool) -> AbstractSet[Decision]:
    record = a_record(role=role, trn="1234567" if has_trn else None, trn_validated=None, date_of_birth=BORN)
    return {
        (facts.trn_validated, facts.eligibility, facts.eligibility_reason)
        for reason, (own, same_person) in product((None, *EligibilityReason), _teachers())
        for facts in [_checked(evolve(record, eligibility_reason=reason), own, same_person)]
    }


def _checked(record: TrainingRecord, own: TeacherRecord | None, same_person: Sequence[TeacherRecord]) -> TrainingFacts:
    return facts_of(
        record, lambda claim: check_against_teacher_records(claim, own if claim.trn is not None else None, same_person)
    )


def _teachers() -> Iterator[tuple[TeacherRecord | None, Sequence[TeacherRecord]]]:
    """The teacher record with the TRN that was given, and those of the person."""
    own = [
        a_teacher(active_alert=alert, qts_awarded_on=qts, induction_started_on=started, induction_status=status)
        for alert, qts, started, status in product(
            (False, True),
            (None, date(2020, 7, 1)),
            (None, date(2020, 9, 1), date(2023, 9, 1)),
            (None, *TeacherInductionStatus),
        )
    ]
    others = [a_teacher("7654321", active_alert=alert) for alert in (False, True)]
    yield from ((record, [record]) for record in own)
    yield from ((None, [other]) for other in others)
    yield None, []


Tells = Callable[[Rest], AbstractSet[Decision]]
NOT_FAILED: Final = "the check never fails"
FEEDS: Final[Mapping[str, Tells]] = {
    "all is told": lambda _: set(DECISIONS),
    "the teacher records decide": _left_to_teacher_records,
    f"the teacher records decide, {NOT_FAILED}": lambda rest: (
        set() if rest.check_failed else _left_to_teacher_records(rest)
    ),
    "the teacher records decide, and only what must be is told": lambda rest: (
        _left_to_teacher_records(rest)
        if (rest.details_given, rest.details_request, rest.mentees) == (DetailsGiven.NONE, None, Mentees.NONE)
        and not rest.check_failed
        else set()
    ),
    "eligibility is undecided": lambda _: {each for each in DECISIONS if each[1] is None},
}


@cache
def _listed(feed: str, viewer: Viewer) -> AbstractSet[Case]:
    return set(chain.from_iterable(chain(*_linked(feed, viewer))))


@cache
def _linked(feed: str, viewer: Viewer) -> tuple[AbstractSet[frozenset[Case]], AbstractSet[frozenset[Case]]]:
    """Cases of one participant that differ in the decision only, and those that differ in the training only."""
    by_decision, by_training = set[frozenset[Case]](), set[frozenset[Case]]()
    for rest in RESTS:
        told = FEEDS[feed](rest)
        table = [
            [
                Case(state, checks, row)
                for state, checks, shown in answers
                if (row := _row(viewer, rest, state, trn_is_shown=shown)) is not None
            ]
            for decision, answers in _answers(rest).items()
            if decision in told
        ]
        by_training.update(map(frozenset, table))
        by_decision.update(map(frozenset, zip(*table, strict=True)))
    return by_decision, by_training


def _sequences(feed: str, viewer: Viewer) -> Iterator[tuple[Case, Case, tuple[Seen, Seen]]]:
    """Two imports, between which a decision or the training changes: both cases, and both rows as they are seen."""
    pairs = {pair for cases in chain(*_linked(feed, viewer)) for pair in product(cases, repeat=2)}
    for first, then in pairs:
        since = first.row.since if first.row.group is then.row.group else day(30)
        yield first, then, (first.row, evolve(then.row, since=since))


def _told_apart(
    feed: str, viewer: Viewer, seen: Iterable[tuple[Case, tuple[Seen, ...]]]
) -> Iterator[tuple[tuple[Seen, ...], TrainingState]]:
    """What is seen of one state only of those that a group has in such a feed, and the state that it tells."""
    states_in = defaultdict[object, set[TrainingState]](set)
    for case in _listed(feed, viewer):
        states_in[case.row.group, case.row.role].add(case.state)
    told = defaultdict[tuple[StatusGroup, tuple[Seen, ...]], set[TrainingState]](set)
    for case, what in seen:
        told[case.row.group, what].add(case.state)
    for (group, what), states in told.items():
        if len(states) == 1 and len(states_in[group, what[0].role]) > 1:
            yield from ((what, state) for state in states)


@pytest.mark.parametrize("feed", FEEDS)
@pytest.mark.parametrize("viewer", VIEWERS, ids=["partner", "body"])
def test_what_is_seen_at_one_time_is_seen_of_more_than_one_state_of_a_group(feed: str, viewer: Viewer) -> None:
    cases = _listed(feed, viewer)
    assert list(_told_apart(feed, viewer, ((case, (case.row,)) for case in cases))) == []


@pytest.mark.parametrize("viewer", VIEWERS, ids=["partner", "body"])
def test_what_is_seen_over_two_imports_tells_what_the_document_lists_and_nothing_else(viewer: Viewer) -> None:
    found = set()
    for feed, position in product(FEEDS, (0, 1)):
        seen = ((pair[position], what) for *pair, what in _sequences(feed, viewer))
        for (first, then), state in _told_apart(feed, viewer, seen):
            found.add((frozenset({first.group.value, then.group.value}), state.value))
    listed = _listed_in_the_document()
    of_mentors = {each for each in listed if each[0] & {"mentoring", "not_eligible"}}
    of_partners = of_mentors | {each for each in listed if each[1].startswith("registered_for")}
    assert found == (listed if isinstance(viewer, DeliveryPartner) else listed - of_partners)


def _listed_in_the_document() -> set[tuple[frozenset[str], str]]:
    text = (Path(__file__).parents[3] / "docs" / "statuses.md").read_text()
    _, _, table = text.partition("| seen one after the other | tells |")
    rows = [line.split("|")[1:3] for line in table.partition("\n\n")[0].splitlines()[2:]]
    return {(frozenset(groups.strip().split(", ")), state.strip()) for groups, state in rows}


@pytest.mark.parametrize("feed", FEEDS)
@pytest.mark.parametrize("viewer", VIEWERS, ids=["partner", "body"])
def test_an_alert_is_not_told_even_where_another_status_hides_what_the_checks_say(feed: str, viewer: Viewer) -> None:
    answers = defaultdict[tuple[Seen, ...], set[TrainingState | None]](set)
    for case in _listed(feed, viewer):
        answers[case.row,].add(case.checks)
    for *pair, what in _sequences(feed, viewer):
        for case in pair:
            answers[(*what, case.row)].add(case.checks)
    assert [what for what, told in answers.items() if told <= ALERTS] == []
