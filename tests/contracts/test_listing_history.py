"""What listings showed before: versions are whole, and tell neither more nor less than the lists did."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from itertools import pairwise, product
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import asdict, evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from checkdata.adapters.memory import MemoryFeed, MemoryRejections, MemoryStorage
from checkdata.domain.access.scope import Scope, ScopeRule
from checkdata.domain.errors import FeedRefused
from checkdata.domain.listing.as_of import Import
from checkdata.domain.listing.history import VERSIONED, ChangeKind, RowChange, Version, change_of, left_view
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner, Organisation
from checkdata.domain.ports import Storage
from checkdata.domain.services.feed.import_feed import ImportFeed
from checkdata.domain.training.records import Viewer
from checkdata.domain.training.statuses import Status, StatusGroup
from checkdata.domain.values import ImportId, ParticipantId
from tests.contracts.operators import BODY, EVERY_LEAD_PROVIDER, NORTH, Operator, row
from tests.contracts.units_of_work import read, write
from tests.feeds import REFERENCES, write_feed
from tests.integration.small_feeds import ALL_REFERENCES, PARTICIPANTS, first_feeds, small_feeds
from tests.strategies import LEAD_PROVIDERS, NOON, TODAY, VIEWERS, day

WHOLE: Final = Scope(organisation=NORTH, rules=EVERY_LEAD_PROVIDER)
ALL: Final = ParticipantQuery(scope=WHOLE)
P1: Final = ParticipantId("p-r1")
IDS: Final = [ParticipantId(participant) for participant in PARTICIPANTS]
LONG_AGO: Final = NOON - timedelta(days=1)


@pytest.fixture
def operator(storage: Storage, tmp_path: Path) -> Operator:
    """Nothing was imported; reference data is in the folder."""
    return Operator(storage, write_feed(tmp_path / "feed", references=REFERENCES))


def versions(operator: Operator, scope: Scope = WHOLE, participant_id: ParticipantId = P1) -> Sequence[Version]:
    return read(operator.storage, lambda work: work.participants.history(scope, participant_id))


def changes(operator: Operator, since: datetime, query: ParticipantQuery = ALL, **cut: Any) -> list[RowChange]:  # noqa: ANN401
    return read(operator.storage, lambda work: list(work.participants.changes(query, since, **cut)))


def counts(operator: Operator, since: datetime, query: ParticipantQuery = ALL) -> dict[ChangeKind, int]:
    return dict(read(operator.storage, lambda work: work.participants.count_changes(query, since)))


def imported(operator: Operator, *rows: dict[str, str], today: date = TODAY) -> Import:
    operator.write(*rows)
    operator.load(today)
    done = operator.as_of()
    assert done is not None
    return done


def shown(listed: ListedParticipant) -> dict[str, object]:
    """What makes a version, and whose it is."""
    kind = AppropriateBody if listed.delivery_partner_id is None else DeliveryPartner
    fields = asdict(listed, recurse=False)
    return {name: fields[name] for name in ("participant_id", *VERSIONED[kind])}


# One participant


def test_a_row_that_stands_since_the_first_import_has_one_version(operator: Operator) -> None:
    first = imported(operator, row())
    (listed,) = operator.listed()
    assert versions(operator) == [Version(listed=listed, began=first, ended=None)]


def test_an_equal_import_keeps_no_version(operator: Operator) -> None:
    imported(operator, row())
    before = versions(operator)
    imported(operator, row(), row(record_id="r2"))
    imported(operator, row(), row(record_id="r2"))
    assert versions(operator) == before


@pytest.mark.parametrize(
    "changed",
    [
        {"full_name": "Changed"},
        {"email": "changed@school.example"},
        {"trn": "7654321"},
        {"trn_validated": "false"},
        {"school_urn": "100002"},
        {"academic_year": "2020"},
        {"lead_provider_id": ""},
        {"training_status": "deferred"},
    ],
)
def test_a_row_that_shows_something_else_begins_a_version_and_keeps_the_old_one(
    operator: Operator, changed: dict[str, str]
) -> None:
    decided = row(trn_validated="true", eligibility="eligible")
    first = imported(operator, decided)
    (old,) = operator.listed()
    second = imported(operator, decided | changed, today=day(1))
    (new,) = operator.listed()
    assert versions(operator) == [
        Version(listed=new, began=second, ended=None),
        Version(listed=old, began=first, ended=second),
    ]


@pytest.mark.parametrize(
    "changed",
    [
        {"updated_at": "2025-01-01T00:00:00+00:00"},
        {"programme": "cip"},
        {"induction_tutor_email": "tutor@school.example"},
    ],
)
def test_what_a_partner_is_not_shown_begins_no_version(operator: Operator, changed: dict[str, str]) -> None:
    first = imported(operator, row())
    imported(operator, row(**changed))
    (listed,) = operator.listed()
    assert versions(operator) == [Version(listed=listed, began=first, ended=None)]


def test_a_body_has_versions_of_what_it_is_shown(operator: Operator) -> None:
    body = Scope(organisation=BODY)
    first = imported(operator, row(appropriate_body_id="both"))
    second = imported(operator, row(appropriate_body_id="both", email="changed@school.example", programme="cip"))
    third = imported(operator, row(appropriate_body_id="both", email="again@school.example", programme="cip"))
    assert third != second
    found = versions(operator, body)
    assert [(version.began, version.ended) for version in found] == [(second, None), (first, second)]


def test_two_states_of_one_group_are_one_version(operator: Operator) -> None:
    checking = {"trn": "1234567", "trn_validated": "true"}
    imported(operator, row(**checking, eligibility="manual_check", eligibility_reason="active_flags"))
    (before,) = versions(operator)
    assert before.listed.group is StatusGroup.CHECKING
    imported(operator, row(**checking, eligibility="", eligibility_reason=""), today=day(1))
    assert versions(operator) == [before]


def test_a_participant_who_disappears_and_comes_back_has_both_versions_and_none_between(operator: Operator) -> None:
    elsewhere = row(delivery_partner_id="both")
    first = imported(operator, row())
    (old,) = operator.listed()
    second = imported(operator, elsewhere)
    assert versions(operator) == []
    third = imported(operator, row())
    (new,) = operator.listed()
    assert versions(operator) == [
        Version(listed=new, began=third, ended=None),
        Version(listed=old, began=first, ended=second),
    ]


def test_a_deleted_participant_has_no_history_left(operator: Operator) -> None:
    imported(operator, row(), row(record_id="r2"))
    operator.write(row(record_id="r2"))
    operator.load(complete=True, allow_deletions=True)
    assert versions(operator) == []
    assert len(versions(operator, participant_id=ParticipantId("p-r2"))) == 1


def test_a_refresh_begins_versions_and_says_when_it_was_made(operator: Operator) -> None:
    leaving = row(induction_status="leaving", ends_on=day(10).isoformat())
    first = imported(operator, leaving)
    operator.refresh(day(11))
    new, old = versions(operator)
    assert (old.began, old.ended) == (first, new.began)
    assert new.began.at == first.at
    assert new.began.made_at == operator.now > first.made_at
    assert new.listed.group is StatusGroup.MOVED_ON


def test_versions_outside_the_scope_are_left_out(operator: Operator) -> None:
    ambition, other = LEAD_PROVIDERS[0].id, LEAD_PROVIDERS[1].id
    narrow = Scope(organisation=NORTH, rules=(ScopeRule(lead_provider_id=ambition),))
    first = imported(operator, row(lead_provider_id=ambition))
    second = imported(operator, row(lead_provider_id=other))
    assert versions(operator, narrow) == []
    third = imported(operator, row(lead_provider_id=ambition))
    assert [(v.began, v.ended) for v in versions(operator, narrow)] == [(third, None), (first, second)]
    assert len(versions(operator)) == 3


# What changed


def test_what_changed_is_told_by_kind_in_the_order_of_the_listing(operator: Operator) -> None:
    first = imported(operator, *(row(record_id=f"r{n}", full_name=f"Name {n}") for n in range(4)))
    gone = row(record_id="r0", full_name="Name 0", induction_status="changed")
    deferred = row(record_id="r2", full_name="Name 2", training_status="deferred")
    renamed = row(record_id="r3", full_name="Name 3a")
    new = row(record_id="r9", full_name="Name 1a")
    imported(operator, gone, deferred, renamed, new)
    found = changes(operator, first.made_at)
    assert [(change.kind, change.now.full_name) for change in found] == [
        (ChangeKind.MOVED_AWAY, "Name 0"),
        (ChangeKind.NEW, "Name 1a"),
        (ChangeKind.STATUS_CHANGED, "Name 2"),
    ]
    assert found[2].before is not None
    assert found[2].before.status is Status.DFE_CHECKING_ELIGIBILITY
    assert found[2].now.status is Status.PARTICIPANT_DEFERRED
    rare = dict.fromkeys((ChangeKind.NOW_COVERED, ChangeKind.LEFT_VIEW), 0)
    assert counts(operator, first.made_at) == {**dict.fromkeys(ChangeKind, 1), **rare}
    assert changes(operator, first.made_at, kind=ChangeKind.NEW) == found[1:2]
    assert changes(operator, first.made_at, offset=1, limit=1) == found[1:2]
    assert changes(operator, first.made_at, offset=3) == []


def test_nothing_changed_since_the_last_import_and_all_is_new_since_before_the_first(operator: Operator) -> None:
    first = imported(operator, row(), row(record_id="r2"))
    assert changes(operator, first.made_at) == []
    assert counts(operator, first.made_at) == dict.fromkeys(ChangeKind, 0)
    assert [change.kind for change in changes(operator, LONG_AGO)] == [ChangeKind.NEW] * 2


def test_what_changed_to_and_fro_is_no_change(operator: Operator) -> None:
    first = imported(operator, row())
    second = imported(operator, row(training_status="deferred"), today=day(1))
    imported(operator, row(), today=day(2))
    assert changes(operator, first.made_at) == []
    assert [change.kind for change in changes(operator, second.made_at)] == [ChangeKind.STATUS_CHANGED]


def test_another_reason_behind_the_same_status_moves_since_and_is_no_change(operator: Operator) -> None:
    first = imported(operator, row())
    imported(operator, row(check_failed="true"), today=day(1))
    versions_since = [(version.listed.group, version.listed.since) for version in versions(operator)]
    assert versions_since == [(StatusGroup.CHECKING, day(1)), (StatusGroup.RECORD_NOT_FOUND, TODAY)]
    assert changes(operator, first.made_at) == []


def test_a_participant_who_left_the_scope_is_neither_told_nor_counted(operator: Operator) -> None:
    ambition, other = LEAD_PROVIDERS[0].id, LEAD_PROVIDERS[1].id
    query = ParticipantQuery(scope=Scope(organisation=NORTH, rules=(ScopeRule(lead_provider_id=ambition),)))
    first = imported(operator, row(lead_provider_id=ambition), row(record_id="r2", lead_provider_id=other))
    left = row(lead_provider_id=other, training_status="deferred")
    came = row(record_id="r2", lead_provider_id=ambition, training_status="deferred")
    imported(operator, left, came)
    (change,) = changes(operator, first.made_at, query)
    assert change == RowChange(kind=ChangeKind.NEW, now=change.now, before=None)
    assert change.now.participant_id == "p-r2"
    assert counts(operator, first.made_at, query) == {**dict.fromkeys(ChangeKind, 0), ChangeKind.NEW: 1}


def test_what_the_scope_of_that_time_did_not_cover_is_told_as_now_covered(operator: Operator) -> None:
    ambition, other = LEAD_PROVIDERS[0].id, LEAD_PROVIDERS[1].id
    then = Scope(organisation=NORTH, rules=(ScopeRule(lead_provider_id=ambition),))
    first = imported(
        operator,
        row(full_name="Seen", lead_provider_id=ambition),
        *(row(record_id=f"r{n}", full_name=f"Other {n}", lead_provider_id=other) for n in (2, 3)),
        row(record_id="r4", full_name="Unconfirmed", lead_provider_id=""),
    )
    imported(
        operator,
        row(record_id="r3", full_name="Other 3", lead_provider_id=other, training_status="deferred"),
        row(record_id="r5", full_name="Recent", lead_provider_id=other),
    )
    found = changes(operator, first.made_at, then=then)
    assert [(change.kind, change.now.full_name, change.before) for change in found] == [
        (ChangeKind.NOW_COVERED, "Other 2", None),
        (ChangeKind.NOW_COVERED, "Other 3", None),
        (ChangeKind.NEW, "Recent", None),
        (ChangeKind.NOW_COVERED, "Unconfirmed", None),
    ]
    assert changes(operator, first.made_at, then=then, kind=ChangeKind.NOW_COVERED, offset=1, limit=1) == found[1:2]
    told = read(operator.storage, lambda work: work.participants.count_changes(ALL, first.made_at, then=then))
    assert dict(told) == {**dict.fromkeys(ChangeKind, 0), ChangeKind.NEW: 1, ChangeKind.NOW_COVERED: 3}
    assert [change.kind for change in changes(operator, first.made_at, then=WHOLE)] == [
        ChangeKind.STATUS_CHANGED,
        ChangeKind.NEW,
    ]


def test_filters_and_searches_are_asked_of_the_rows_as_they_stand(operator: Operator) -> None:
    first = imported(operator, row(full_name="Ann"), row(record_id="r2", full_name="Bea"))
    imported(
        operator,
        *(row(record_id=f"r{n}", full_name=name, training_status="deferred") for n, name in ((1, "Ann"), (2, "Bea"))),
    )
    deferred = ParticipantQuery(scope=WHOLE, chosen={"status": (Status.PARTICIPANT_DEFERRED,)})
    assert len(changes(operator, first.made_at, deferred)) == 2
    assert changes(operator, first.made_at, ParticipantQuery.of(WHOLE, status="checking_qts")) == []
    assert changes(operator, first.made_at, ParticipantQuery.of(WHOLE, role="mentor")) == []
    assert [c.now.full_name for c in changes(operator, first.made_at, ParticipantQuery.of(WHOLE, search="bea"))] == [
        "Bea"
    ]


# Listings of earlier imports


def test_a_past_listing_is_not_searched_and_one_of_an_unknown_import_is_empty(operator: Operator) -> None:
    done = imported(operator, row())
    with operator.storage.reading() as work:
        assert list(work.participants.rows_at(ALL, ImportId("unknown"))) == []
        assert len(list(work.participants.rows_at(ALL, done.id))) == 1
        with pytest.raises(ValueError, match="without a search"):
            work.participants.rows_at(ParticipantQuery.of(WHOLE, search="a"), done.id)


SCOPES_THEN: Final = [
    Scope(organisation=NORTH, rules=rules)
    for rules in (
        EVERY_LEAD_PROVIDER,
        EVERY_LEAD_PROVIDER[:2],
        (ScopeRule(lead_provider_id=None, last_academic_year=2022),),
        (),
    )
]
"""What an organisation could see at some time."""


class Past:
    """Feeds imported one after another, with what every list showed after each."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.now = NOON
        write(storage, lambda work: work.feed_store.put_references(ALL_REFERENCES))
        self.shown: dict[Import, dict[Viewer, list[ListedParticipant]]] = {}

    def load(self, feed: MemoryFeed, today: date) -> None:
        self.now += timedelta(minutes=1)
        importing = ImportFeed(storage=self.storage, clock=lambda: self.now)
        with suppress(FeedRefused):
            importing.load(feed, MemoryRejections(), today=today, complete=True, allow_deletions=True)
        done = read(self.storage, lambda work: work.participants.as_of())
        if done is not None and done not in self.shown:
            self.shown[done] = {viewer: self.listed(viewer) for viewer in VIEWERS}

    def listed(self, viewer: Organisation) -> list[ListedParticipant]:
        return read(self.storage, lambda work: list(work.participants.rows(query_of(viewer))))

    def last(self, viewer: Organisation, participant_id: str) -> ListedParticipant:
        """How a listing showed a participant last."""
        rows = [
            row for lists in self.shown.values() for seen, found in lists.items() if seen == viewer for row in found
        ]
        return [row for row in rows if row.participant_id == participant_id][-1]


def query_of(viewer: Organisation) -> ParticipantQuery:
    return ParticipantQuery(scope=Scope(organisation=viewer, rules=EVERY_LEAD_PROVIDER))


def past_listings_are_what_lists_showed(past: Past) -> None:
    with past.storage.reading() as work:
        for done, lists in past.shown.items():
            for viewer, rows in lists.items():
                found = list(work.participants.rows_at(query_of(viewer), done.id))
                assert list(map(shown, found)) == list(map(shown, rows))
                assert list(work.participants.rows_at(query_of(viewer), done.id, offset=1, limit=2)) == found[1:3]


def those_who_changed_between_two_imports_are_told_and_nobody_else(past: Past) -> None:
    """The rows of a past listing that some list between the two did not show so."""
    made = list(past.shown)
    with past.storage.reading() as work:
        assert work.participants.import_before(LONG_AGO) is None
        for after, done in product(made, repeat=2):
            assert work.participants.import_with(done.id) == done
            assert work.participants.import_before(done.made_at) == done
            between = made[made.index(after) : made.index(done)]
            for viewer, rows in past.shown[done].items():
                stood = [{row.participant_id: shown(row) for row in past.shown[each][viewer]} for each in between]
                changed = [row for row in rows if any(each.get(row.participant_id) != shown(row) for each in stood)]
                found = list(work.participants.rows_at(query_of(viewer), done.id, after=after.id))
                assert list(map(shown, found)) == list(map(shown, changed))
                cut = work.participants.rows_at(query_of(viewer), done.id, after=after.id, offset=1, limit=2)
                assert list(cut) == found[1:3]


def versions_are_what_lists_showed(past: Past) -> None:
    """Whole, without gap or overlap, and each different from the one that follows it."""
    made = list(past.shown)
    with past.storage.reading() as work:
        for viewer in VIEWERS:
            for participant_id in IDS:
                told: dict[Import, dict[str, object]] = {}
                found = work.participants.history(query_of(viewer).scope, participant_id)
                for version in found:
                    end = len(made) if version.ended is None else made.index(version.ended)
                    stretch = made[made.index(version.began) : end]
                    assert stretch
                    assert not told.keys() & set(stretch)
                    told |= dict.fromkeys(stretch, shown(version.listed))
                showed = {
                    done: shown(listed)
                    for done, lists in past.shown.items()
                    for listed in lists[viewer]
                    if listed.participant_id == participant_id
                }
                assert told == (showed if made and made[-1] in showed else {})
                for newer, older in pairwise(found):
                    assert newer.began != older.ended or shown(newer.listed) != shown(older.listed)


def changes_are_what_two_lists_differ_in(past: Past) -> None:
    made = list(past.shown)
    for done in made:
        for viewer in VIEWERS:
            before = {listed.participant_id: listed for listed in past.shown[done][viewer]}
            for then in SCOPES_THEN:
                changes_are_those_between(past, done, evolve(then, organisation=viewer), before)


def changes_are_those_between(
    past: Past, done: Import, then: Scope, before: Mapping[ParticipantId, ListedParticipant]
) -> None:
    query = query_of(then.organisation)
    compared = [
        change_of(before.get(row.participant_id), row, covered=then.covers(before.get(row.participant_id, row)))
        for row in past.listed(then.organisation)
    ]
    expected = [change for change in compared if change is not None]
    gone = before.keys() - {row.participant_id for row in past.listed(then.organisation)}
    left = [left_view(before[name], past.last(then.organisation, name)) for name in gone if then.covers(before[name])]
    expected += sorted(left, key=lambda change: change.now.order)
    with past.storage.reading() as work:
        found = list(work.participants.changes(query, done.made_at, then=then))
        assert list(map(told, found)) == list(map(told, expected))
        numbers = work.participants.count_changes(query, done.made_at, then=then)
        assert dict(numbers) == {kind: sum(c.kind is kind for c in expected) for kind in ChangeKind}


def told(change: RowChange) -> tuple[object, ...]:
    now = shown(change.now) if change.kind is ChangeKind.LEFT_VIEW else change.now
    return change.kind, now, None if change.before is None else shown(change.before)


def the_past_is_kept(storage: Storage, feeds: Sequence[tuple[MemoryFeed, date]]) -> None:
    past = Past(storage)
    for feed, today in feeds:
        past.load(feed, today)
    laws: list[Callable[[Past], None]] = [
        past_listings_are_what_lists_showed,
        those_who_changed_between_two_imports_are_told_and_nobody_else,
        versions_are_what_lists_showed,
        changes_are_what_two_lists_differ_in,
    ]
    for law in laws:
        law(past)


FEEDS: Final = st.lists(
    st.tuples(small_feeds() | first_feeds(), st.sampled_from([TODAY, day(1), day(30)])), min_size=2, max_size=5
)


@settings(max_examples=40)
@given(FEEDS)
def test_the_past_is_kept_as_it_was_shown_in_memory(feeds: Sequence[tuple[MemoryFeed, date]]) -> None:
    the_past_is_kept(MemoryStorage(), feeds)
