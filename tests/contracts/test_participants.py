"""What every adapter of `checkdata.domain.ports.Participants` must do: answer as `query.matches` means."""

from collections import Counter
from functools import cache
from itertools import islice

import pytest
from attrs import evolve

from checkdata.domain.access.scope import Scope, ScopeRule
from checkdata.domain.listing.as_of import Import
from checkdata.domain.listing.filters import word_of
from checkdata.domain.listing.queries import ParticipantQuery, Tally
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner, PolicyTeam, SupportTeam
from checkdata.domain.ports import Storage
from checkdata.domain.training.facts import InductionType, ParticipantRole
from checkdata.domain.training.statuses import Status
from checkdata.domain.training.who_acts import WhoActs
from checkdata.domain.values import ImportId, ParticipantId
from tests.contracts.listings import ROWS, a_record, an_entry, keep, kind_of, list_all, with_listings
from tests.contracts.units_of_work import read, write
from tests.strategies import LEAD_PROVIDERS, NOON, TODAY

NORTH = DeliveryPartner("north")
BOTH = DeliveryPartner("both")
ALL_RULES = tuple(ScopeRule(lead_provider_id=lead) for lead in (None, *(lead.id for lead in LEAD_PROVIDERS)))
AMBITION = LEAD_PROVIDERS[0].id

SCOPES = {
    "all of a partner": Scope(organisation=NORTH, rules=ALL_RULES),
    "all of a partner whose id a body has too": Scope(organisation=BOTH, rules=ALL_RULES),
    "one lead provider": Scope(organisation=NORTH, rules=(ScopeRule(lead_provider_id=AMBITION),)),
    "no lead provider": Scope(organisation=NORTH, rules=(ScopeRule(lead_provider_id=None),)),
    "some years": Scope(
        organisation=NORTH,
        rules=(ScopeRule(lead_provider_id=AMBITION, first_academic_year=2022, last_academic_year=2022),),
    ),
    "years that no year is in": Scope(
        organisation=NORTH,
        rules=tuple(
            ScopeRule(lead_provider_id=rule.lead_provider_id, first_academic_year=2023, last_academic_year=2021)
            for rule in ALL_RULES
        ),
    ),
    "two rules": Scope(
        organisation=BOTH,
        rules=(
            ScopeRule(lead_provider_id=LEAD_PROVIDERS[1].id, last_academic_year=2021),
            ScopeRule(lead_provider_id=None, first_academic_year=2022),
            ScopeRule(lead_provider_id=LEAD_PROVIDERS[1].id),
        ),
    ),
    "nothing": Scope(organisation=NORTH),
    "a partner without a row": Scope(organisation=DeliveryPartner("South_1"), rules=ALL_RULES),
    "nobody known": Scope(organisation=DeliveryPartner("nobody"), rules=ALL_RULES),
    "a body": Scope(organisation=AppropriateBody("borough")),
    "a body whose id a partner has too": Scope(organisation=AppropriateBody("both")),
    "a team": Scope(organisation=SupportTeam()),
    "another team": Scope(organisation=PolicyTeam(), rules=ALL_RULES),
}

SEARCHES = (
    "",
    "oneill",
    "O’NEILL",
    "zoe",
    "ZOË smith",
    "lukasz zolc",
    "istanbul isik",
    "weiss",
    "st marys",
    "smith st mary",
    "zoe ambition",
    "%",
    "_",
    "\\",
    '"',
    "=1+1",
    "😀",
    "محمد",
    "小",
    "a",
    "ss",
    "12/34567",
    "123 4567",
    "1234567 7654321",
    "1234567, 0012345",
    "1234567 7654321 smith",
    "0100001",
    "100001",
    "123456",
    "@school",
    "o'neill@school",
    "ab_c@ecole",
    "100%@x.y",
    "school.example",
    "marys oneill",
    "a\0b",
    "\ud800",
    "nobody at all",
    "Smith, Zoe",
    "smith-jones",
    "\u200e1234567\u200b",
    "RP12/34567",
    "12345 100001",
    "100001 123456",
    " ".join(f"{n:07d}" for n in range(1234000, 1235000)),
)

WHOLE = SCOPES["all of a partner"]


@cache
def expected(query: ParticipantQuery) -> list[ListedParticipant]:
    return sorted(filter(query.matches, ROWS), key=lambda row: row.order)


def filtered(scope: Scope) -> list[ParticipantQuery]:
    return [
        *(ParticipantQuery(scope=scope, chosen={"role": (role,)}) for role in ParticipantRole),
        *(ParticipantQuery(scope=scope, chosen={"status": (status,)}) for status in Status),
        *(ParticipantQuery(scope=scope, chosen={"academic_year": (year,)}) for year in (2020, 2021, 2022)),
        *(ParticipantQuery(scope=scope, chosen={"next": (who,)}) for who in WhoActs),
        *(ParticipantQuery(scope=scope, chosen={"induction_type": (kind,)}) for kind in InductionType),
        ParticipantQuery.of(scope, next="school", search="a"),
        ParticipantQuery.of(scope, lead_provider=AMBITION),
        ParticipantQuery.of(scope, lead_provider=word_of(lead.id for lead in LEAD_PROVIDERS), search="o"),
        ParticipantQuery.of(scope, lead_provider="nobody"),
        ParticipantQuery.of(scope, next="school dfe", academic_year="2022 2021", role="ect mentor"),
        ParticipantQuery.of(scope, status="checking_qts participant_deferred dfe_checking_eligibility", search="s"),
        ParticipantQuery.of(scope, role="ect", academic_year="2022", search="o"),
        ParticipantQuery(scope=scope, with_email=True),
        evolve(ParticipantQuery.of(scope, role="ect", search="s"), with_email=True),
        ParticipantQuery.of(scope, role="mentor", status="training_or_eligible_for_training", search="a"),
    ]


@pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)
def test_nothing_is_listed_before_the_first_import(storage: Storage, scope: Scope) -> None:
    query = ParticipantQuery(scope=scope)
    with storage.reading() as work:
        assert work.participants.count(query) == 0
        assert list(work.participants.slice(query, 0, 10)) == []
        assert list(work.participants.rows(query)) == []
        assert list(work.participants.tallies(scope)) == []
        assert work.participants.one(scope, ParticipantId("p0")) is None
        assert work.participants.as_of() is None


@pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)
def test_every_question_is_answered_as_the_query_means_it(listed: Storage, scope: Scope) -> None:
    with listed.reading() as work:
        for query in [*(ParticipantQuery.of(scope, search=text) for text in SEARCHES), *filtered(scope)]:
            rows = expected(query)
            assert list(work.participants.rows(query)) == rows, query
            assert work.participants.count(query) == len(rows), query
            assert list(work.participants.slice(query, 0, 100)) == rows, query


def test_the_searches_asked_here_find_something_and_not_everything() -> None:
    whole = [scope for scope in SCOPES.values() if len(expected(ParticipantQuery(scope=scope))) > 10]
    found = {text: sum(len(expected(ParticipantQuery.of(scope, search=text))) for scope in whole) for text in SEARCHES}
    nothing = {text for text in SEARCHES if not found[text]}
    assert nothing == {"zoe ambition", "school.example", "a\0b", "\ud800", "nobody at all"}
    assert [text for text in SEARCHES if found[text] == found[""]] == [""]


@pytest.mark.parametrize("narrowed", [False, True])
def test_pages_never_overlap_and_leave_no_participant_out(listed: Storage, *, narrowed: bool) -> None:
    query = ParticipantQuery(scope=WHOLE, chosen={"role": (ParticipantRole.ECT,)} if narrowed else {})
    rows = expected(query)
    with listed.reading() as work:
        for size in (1, 3, 50):
            pages = [work.participants.slice(query, offset, size) for offset in range(0, len(rows), size)]
            assert [row for page in pages for row in page] == rows
            assert {len(page) for page in pages[:-1]} <= {size}


@pytest.mark.parametrize("query", [ParticipantQuery(scope=WHOLE), ParticipantQuery.of(WHOLE, search="o")])
def test_a_slice_past_the_end_or_of_no_rows_is_empty(listed: Storage, query: ParticipantQuery) -> None:
    rows = expected(query)
    with listed.reading() as work:
        assert list(work.participants.slice(query, len(rows), 10)) == []
        assert list(work.participants.slice(query, len(rows) + 100, 10)) == []
        assert list(work.participants.slice(query, 0, 0)) == []
        assert list(work.participants.slice(query, len(rows) - 1, 10)) == rows[-1:]


def test_rows_are_ordered_by_folded_name_then_name_then_id_each_by_code_point(storage: Storage) -> None:
    names = [
        "b",
        "B",
        "á",
        "a",
        "A",
        "a b",
        "a-b",
        "ab",
        "Z",
        "ß",
        "ss",
        "_",
        "~",
        "é",
        "e\u0301",
        "😀",
        "\uffee",
        "=",
        "a",
    ]
    records = [a_record(number, full_name=name) for number, name in enumerate(names)]
    rows = [an_entry(record) for record in records]
    with storage.writing() as work:
        keep(work.feed_store, *records)
        list_all(work.feed_store, rows)
        work.commit()
    found = read(storage, lambda work: work.participants.slice(ParticipantQuery(scope=WHOLE), 0, 100))
    assert list(found) == sorted((entry.listed for entry in rows), key=lambda row: row.order)


@pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)
def test_one_participant_is_found_where_it_is_in_scope_and_nowhere_else(listed: Storage, scope: Scope) -> None:
    in_scope = {row.participant_id: row for row in ROWS if scope.covers(row)}
    with listed.reading() as work:
        for participant_id in {row.participant_id for row in ROWS}:
            assert work.participants.one(scope, participant_id) == in_scope.get(participant_id)
        assert work.participants.one(scope, ParticipantId("nobody")) is None
        assert work.participants.one(scope, ParticipantId("P0")) is None
        assert work.participants.one(scope, ParticipantId("")) is None


@pytest.mark.parametrize("scope", SCOPES.values(), ids=SCOPES)
def test_tallies_tell_how_many_rows_in_scope_there_are_of_each_kind(listed: Storage, scope: Scope) -> None:
    numbers = Counter(map(kind_of, scope.filter(ROWS)))
    found = read(listed, lambda work: work.participants.tallies(scope))
    assert len(found) == len(numbers)
    assert all(Tally(kind, number) in found for kind, number in numbers.items())


def test_rows_may_be_left_before_their_end(listed: Storage) -> None:
    query = ParticipantQuery(scope=WHOLE)
    with listed.reading() as work:
        rows = work.participants.rows(query)
        assert list(islice(rows, 3)) == expected(query)[:3]
        getattr(rows, "close", lambda: None)()
        assert work.participants.count(query) == len(expected(query))


def test_other_questions_may_be_asked_while_rows_stream(listed: Storage) -> None:
    query = ParticipantQuery(scope=WHOLE)
    with listed.reading() as work:
        for row in work.participants.rows(query):
            assert work.participants.one(WHOLE, row.participant_id) == row


def test_rows_stream_the_state_of_their_beginning(storage: Storage) -> None:
    with_listings(storage)
    query = ParticipantQuery(scope=WHOLE)
    with storage.reading() as reader:
        rows = reader.participants.rows(query)
        first = next(rows)
        with storage.writing() as work:
            keep(work.feed_store, a_record(0, full_name="Changed"))
            list_all(work.feed_store, [])
            work.commit()
        assert [first, *rows] == expected(query)


def test_the_listings_show_the_import_that_was_recorded_last(storage: Storage) -> None:
    first = Import(id=ImportId("z-first"), at=NOON, today=TODAY)
    second = Import(id=ImportId("a-second"), at=NOON, today=TODAY)
    write(storage, lambda work: work.feed_store.show(first))
    assert read(storage, lambda work: work.participants.as_of()) == first
    write(storage, lambda work: work.feed_store.show(second))
    assert read(storage, lambda work: work.participants.as_of()) == second


def test_a_participant_is_covered_where_they_have_a_row_in_scope(listed: Storage) -> None:
    ids = [*{row.participant_id for row in ROWS}, ParticipantId("nobody"), ParticipantId("")]
    for scope in SCOPES.values():
        with listed.reading() as work:
            rows = {each: work.participants.one(scope, each) for each in ids}
            assert {each: work.participants.covers(scope, each) for each in ids} == {
                each: row is not None for each, row in rows.items()
            }
