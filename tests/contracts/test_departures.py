"""Who is no longer involved stays in view for a time, as they were shown last, and it is told when they leave it."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from checkdata.domain.access.scope import Scope, ScopeRule
from checkdata.domain.listing.as_of import Import
from checkdata.domain.listing.history import ChangeKind, RowChange
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.ports import Storage
from checkdata.domain.training.facts import ParticipantRole
from checkdata.domain.training.statuses import Status, StatusGroup
from tests.contracts.operators import BOTH, EVERY_LEAD_PROVIDER, NORTH, Operator, row
from tests.contracts.units_of_work import read
from tests.feeds import REFERENCES, write_feed, write_file
from tests.strategies import LEAD_PROVIDERS, TODAY, day

ALL: Final = ParticipantQuery(scope=Scope(organisation=NORTH, rules=EVERY_LEAD_PROVIDER))
LONG_AGO: Final = "2015-09-01"
A_YEAR_ON: Final = date(TODAY.year + 1, TODAY.month, TODAY.day)
ITS_EVE: Final = A_YEAR_ON - timedelta(days=1)

OURS: Final = row(participant_id="p", starts_on=LONG_AGO)
THEIRS: Final = row(record_id="r2", participant_id="p", delivery_partner_id="both", starts_on=day(-400).isoformat())
OURS_ENDED: Final = OURS | {"ends_on": day(-401).isoformat()}


@pytest.fixture
def operator(storage: Storage, tmp_path: Path) -> Operator:
    """Nothing was imported; reference data is in the folder."""
    return Operator(storage, write_feed(tmp_path / "feed", references=REFERENCES))


def imported(operator: Operator, *rows: dict[str, str], today: date = TODAY, complete: bool = False) -> Import:
    operator.write(*rows)
    operator.load(today, complete=complete, allow_deletions=True)
    done = operator.as_of()
    assert done is not None
    return done


def changes(operator: Operator, since: Import, query: ParticipantQuery = ALL, **cut: Any) -> Sequence[RowChange]:  # noqa: ANN401 - of a page
    with operator.storage.reading() as work:
        found = list(work.participants.changes(query, since.made_at, **cut))
        numbers = work.participants.count_changes(query, since.made_at)
    if not cut:
        assert numbers == {kind: sum(change.kind is kind for change in found) for kind in ChangeKind}
    return found


def kinds(operator: Operator, since: Import, query: ParticipantQuery = ALL) -> list[ChangeKind]:
    return [change.kind for change in changes(operator, since, query)]


def only(operator: Operator) -> ListedParticipant:
    [listed] = operator.listed()
    return listed


# For how long


def test_who_moved_long_before_anybody_told_stays_in_view_from_the_day_on_which_it_became_known(
    operator: Operator,
) -> None:
    first = imported(operator, OURS)
    moved = imported(operator, OURS_ENDED, THEIRS, today=day(1))
    assert (only(operator).group, only(operator).since) == (StatusGroup.MOVED_ON, day(1))
    assert kinds(operator, first) == [ChangeKind.MOVED_AWAY]
    operator.refresh(A_YEAR_ON)
    assert only(operator).since == day(1)
    operator.refresh(A_YEAR_ON + timedelta(days=1))
    assert operator.listed() == []
    assert kinds(operator, moved) == [ChangeKind.LEFT_VIEW]
    assert [listed.participant_id for listed in operator.listed(BOTH)] == ["p"]


GONE_BY_THEIR_FACTS: Final = {
    "withdrawn from the programme": row(induction_status="withdrawn", starts_on=LONG_AGO),
    "withdrawn from the training": row(training_status="withdrawn", starts_on=LONG_AGO),
    "changed": row(induction_status="changed", starts_on=LONG_AGO),
    "left": row(induction_status="leaving", starts_on=LONG_AGO, ends_on="2016-07-31"),
    "checked against a teacher record": row(induction_status="withdrawn", starts_on=LONG_AGO, trn_validated=""),
}


@pytest.mark.parametrize("gone", GONE_BY_THEIR_FACTS.values(), ids=GONE_BY_THEIR_FACTS)
def test_who_was_gone_before_the_first_import_is_in_view_for_twelve_months_and_never_again(
    operator: Operator, gone: dict[str, str]
) -> None:
    write_file(operator.folder, "teacher_records", [])
    imported(operator, gone, row(record_id="r9"))
    assert len(operator.listed()) == 2
    operator.refresh(ITS_EVE)
    assert len(operator.listed()) == 2
    operator.refresh(A_YEAR_ON)
    assert [listed.participant_id for listed in operator.listed()] == ["p-r9"]
    for later in (1, 2, 800):
        imported(operator, gone | {"full_name": f"Name {later}"}, today=A_YEAR_ON + timedelta(days=later))
        assert [listed.participant_id for listed in operator.listed()] == ["p-r9"]
    assert not operator.refresh(A_YEAR_ON + timedelta(days=800)).changed


def test_who_has_left_view_does_not_come_back_for_another_reason_to_be_gone(operator: Operator) -> None:
    imported(operator, row(training_status="withdrawn"))
    operator.refresh(A_YEAR_ON)
    imported(operator, row(induction_status="changed"), today=A_YEAR_ON)
    assert operator.listed() == []


def test_who_has_left_view_is_listed_again_once_they_are_involved_again(operator: Operator) -> None:
    imported(operator, row(training_status="withdrawn"))
    left = operator.refresh(A_YEAR_ON).done
    assert left is not None
    imported(operator, row(), today=A_YEAR_ON)
    assert only(operator).status is Status.DFE_CHECKING_ELIGIBILITY
    assert kinds(operator, left) == [ChangeKind.NEW]
    imported(operator, row(training_status="withdrawn"), today=A_YEAR_ON)
    assert only(operator).since == A_YEAR_ON


@pytest.mark.parametrize("role", ParticipantRole)
def test_an_open_record_keeps_each_partner(operator: Operator, role: ParticipantRole) -> None:
    ours, theirs = OURS | {"role": role.value}, THEIRS | {"role": role.value}
    imported(operator, ours, theirs)
    assert only(operator).group is StatusGroup.MOVED_ON
    operator.refresh(A_YEAR_ON + timedelta(days=30))
    assert only(operator).group is StatusGroup.MOVED_ON
    assert not operator.refresh(A_YEAR_ON + timedelta(days=31)).changed
    imported(operator, ours | {"ends_on": A_YEAR_ON.isoformat()}, today=A_YEAR_ON + timedelta(days=32))
    assert operator.listed() == []


def test_a_refresh_lets_each_go_on_their_own_day(operator: Operator) -> None:
    imported(operator, row(training_status="withdrawn"), row(record_id="r2"))
    imported(operator, row(record_id="r2", induction_status="changed"), today=day(5))
    operator.refresh(A_YEAR_ON)
    assert [listed.participant_id for listed in operator.listed()] == ["p-r2"]
    operator.refresh(A_YEAR_ON + timedelta(days=5))
    assert operator.listed() == []


# As they were shown last


CORRECTED: Final = {
    "full_name": "New Name",
    "email": "new@school.example",
    "trn": "7654321",
    "school_urn": "100002",
    "academic_year": "2021",
    "lead_provider_id": LEAD_PROVIDERS[1].id,
    "updated_at": "2024-08-01T00:00:00Z",
}


@pytest.mark.parametrize("when", ["with the move", "afterwards"])
def test_no_later_change_of_the_old_record_reaches_the_partner_that_they_left(operator: Operator, when: str) -> None:
    told = {"trn_validated": "true", "eligibility": "eligible", "induction_status": "completed"}
    imported(operator, OURS | told)
    before = only(operator)
    assert before.trn == "1234567"
    if when == "afterwards":
        imported(operator, OURS_ENDED, THEIRS, today=day(1))
    imported(operator, OURS_ENDED | CORRECTED, THEIRS, today=day(2))
    now = only(operator)
    shown = ("full_name", "email", "trn", "school", "school_urn", "academic_year", "lead_provider", "updated_at")
    assert [getattr(now, name) for name in shown] == [getattr(before, name) for name in shown]
    assert (now.group, now.completed_on) == (StatusGroup.MOVED_ON, None)
    assert [listed.full_name for listed in operator.listed(BOTH)] == ["Zoë O'Neill"]


def test_they_are_found_by_what_is_shown_though_their_school_is_called_otherwise_or_gone(operator: Operator) -> None:
    imported(operator, OURS, row(record_id="r9", full_name="Zoë Other"))
    imported(operator, OURS_ENDED, THEIRS, today=day(1))
    imported(operator, OURS_ENDED | {"school_urn": "100002"}, THEIRS | {"school_urn": "100002"}, today=day(2))
    write_file(operator.folder, "schools", [{"urn": "100001", "name": "Now Called Otherwise"}])
    imported(operator, today=day(3))
    found_by(operator, "marys", ["p"])
    found_by(operator, "otherwise", ["p-r9"])
    write_file(operator.folder, "schools", [{"urn": "100002", "name": "ST. MARYS"}])
    moved = row(record_id="r9", full_name="Zoë Other", school_urn="100002")
    imported(
        operator,
        OURS_ENDED | {"school_urn": "100002"},
        THEIRS | {"school_urn": "100002"},
        moved,
        today=day(4),
        complete=True,
    )
    imported(operator, moved | {"full_name": "Zoë Another"}, today=day(5))
    assert [listed.school for listed in operator.listed()] == ["ST. MARYS", "St Mary's"]
    found_by(operator, "oneill marys", ["p"])


def found_by(operator: Operator, search: str, expected: list[str]) -> None:
    query = ParticipantQuery.of(ALL.scope, search=search)
    rows = read(operator.storage, lambda work: list(work.participants.rows(query)))
    assert [listed.participant_id for listed in rows] == expected


def test_who_comes_back_is_listed_as_they_are_now(operator: Operator) -> None:
    imported(operator, OURS)
    imported(operator, OURS_ENDED, THEIRS, today=day(1))
    imported(operator, OURS | CORRECTED, THEIRS | {"ends_on": day(-1).isoformat()}, today=day(2))
    assert (only(operator).full_name, only(operator).email) == ("New Name", "new@school.example")


# What is told of those who leave view


def test_what_changed_tells_who_is_not_listed_any_more_behind_the_others_by_name(operator: Operator) -> None:
    first = imported(operator, *(row(record_id=f"r{n}", full_name=f"Name {9 - n}") for n in range(4)))
    imported(
        operator,
        row(record_id="r0", full_name="Name 9", training_status="deferred"),
        row(record_id="r1", full_name="Name 8", delivery_partner_id="both"),
        row(record_id="r3", full_name="Name 6"),
        complete=True,
    )
    found = changes(operator, first)
    assert [(change.kind, change.now.full_name) for change in found] == [
        (ChangeKind.STATUS_CHANGED, "Name 9"),
        (ChangeKind.LEFT_VIEW, "Name 7"),
        (ChangeKind.LEFT_VIEW, "Name 8"),
    ]
    assert [change.before for change in found[1:]] == [change.now for change in found[1:]]
    assert changes(operator, first, kind=ChangeKind.LEFT_VIEW) == found[1:]
    assert changes(operator, first, kind=ChangeKind.NEW) == []
    for offset in range(4):
        for limit in (0, 1, 2, 9):
            assert changes(operator, first, offset=offset, limit=limit) == found[offset : offset + limit]
        assert changes(operator, first, kind=ChangeKind.LEFT_VIEW, offset=offset) == found[1:][offset:]
    assert kinds(operator, first, ParticipantQuery.of(ALL.scope, search="name 7")) == [ChangeKind.LEFT_VIEW]
    assert kinds(operator, first, ParticipantQuery.of(ALL.scope, role="mentor")) == []


def test_it_is_told_by_their_last_row_and_of_nobody_whom_either_scope_leaves_out(
    operator: Operator,
) -> None:
    ours, other = LEAD_PROVIDERS[0].id, LEAD_PROVIDERS[1].id
    query = ParticipantQuery(scope=Scope(organisation=NORTH, rules=(ScopeRule(lead_provider_id=ours),)))
    leads = {"went out of scope": (ours, other), "came into scope": (other, ours), "stayed": (ours, ours)}
    first = imported(
        operator,
        *(row(record_id=name, full_name=name, lead_provider_id=lead) for name, (lead, _) in leads.items()),
        row(record_id="listed out of scope", lead_provider_id=ours),
    )
    imported(
        operator,
        *(
            row(record_id=name, full_name=name, lead_provider_id=lead, training_status="deferred")
            for name, (_, lead) in leads.items()
        ),
        row(record_id="came and went", lead_provider_id=ours),
    )
    imported(operator, row(record_id="listed out of scope", lead_provider_id=other), complete=True)
    told = [
        (change.now.full_name, change.before and change.before.status) for change in changes(operator, first, query)
    ]
    assert told == [("stayed", Status.DFE_CHECKING_ELIGIBILITY)]
    deferred = ParticipantQuery(scope=query.scope, chosen={"status": (Status.PARTICIPANT_DEFERRED,)})
    assert len(changes(operator, first, deferred)) == 1


def test_it_is_told_for_a_year(operator: Operator) -> None:
    first = imported(operator, row(), row(record_id="r2"))
    imported(operator, row(record_id="r2"), complete=True)
    operator.now += timedelta(days=364)
    imported(operator, row(record_id="r2", full_name="A"))
    assert kinds(operator, first) == [ChangeKind.LEFT_VIEW]
    operator.now += timedelta(days=1)
    imported(operator, row(record_id="r2", full_name="B"))
    assert kinds(operator, first) == []
