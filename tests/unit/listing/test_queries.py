"""rules.md, *Order, paging, search*, and rule 12: what a search, a filter and a page mean."""

from typing import Any

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from checkdata.domain.access.scope import Scope, ScopeRule
from checkdata.domain.errors import InvalidQuery, PageNotFound
from checkdata.domain.listing.filters import FILTER_NAMED, word_of
from checkdata.domain.listing.queries import Page, ParticipantQuery, checked_page
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.listing.searches import LONGEST_LIST, MOST_NUMBERS, MOST_TERMS, Search
from checkdata.domain.people.organisations import DeliveryPartner
from checkdata.domain.training.facts import InductionType, ParticipantRole
from checkdata.domain.training.statuses import Status
from checkdata.domain.training.who_acts import WhoActs
from checkdata.domain.values import DASHES, LeadProviderId, search_key
from tests.contracts.listings import a_record, an_entry
from tests.strategies import listed_participants, queries, scopes, searches

ROW = an_entry(a_record()).listed
SCOPE = Scope(organisation=DeliveryPartner("north"), rules=(ScopeRule(lead_provider_id=LeadProviderId("ambition")),))


def a_row(**changes: Any) -> ListedParticipant:  # noqa: ANN401 - any field
    return evolve(ROW, **changes)


def finds(text: str, row: ListedParticipant = ROW) -> bool:
    return ParticipantQuery.of(SCOPE, search=text).matches(row)


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("oneill", a_row(full_name="Siobhán O'Neill")),
        ("ONEILL", a_row(full_name="Siobhán O’Neill")),
        ("o'neill", a_row(full_name="Siobhan ONeill")),
        ("zoe", a_row(full_name="Zoë")),
        ("Zoë", a_row(full_name="Zoe")),
        ("lukasz", a_row(full_name="Łukasz")),
        ("ŁUKASZ", a_row(full_name="lukasz")),
        ("isik", a_row(full_name="İstanbul Işık")),
        ("weiss", a_row(full_name="Weiß")),
        ("anne marie", a_row(full_name="Anne-Marie", school="Marie Curie School")),
        ("annemarie", a_row(full_name="Anne-Marie")),
        ("smith st mary", a_row(full_name="Jo Smith", school="St Mary's")),
        ("mary's smith", a_row(full_name="Jo Smith", school="St Marys")),
        ("mit", a_row(full_name="Jo Smith")),
        ("1234567", a_row(trn="1234567")),
        ("12/34567", a_row(trn="1234567")),
        ("12 34567", a_row(trn="1234567")),
        ("12-34567", a_row(trn="1234567")),
        ("１２３４５６７", a_row(trn="1234567")),
        ("345", a_row(trn="1234567")),
        ("0012345 jo", a_row(trn="0012345", full_name="Jo")),
        ("100001", a_row(school_urn="100001", trn="")),
        ("100001 jo", a_row(school_urn="100001", trn="", full_name="Jo")),
        ("zoe@school.example", a_row(email="zoe@school.example")),
        ("ZOË@School", a_row(email="zoe@school.example")),
        ("@school", a_row(email="zoe@school.example")),
        ("o'neill@", a_row(email="O’Neill@school.example")),
        ("%", a_row(full_name="100% Sure")),
        ("_", a_row(school="Under_score")),
        ("\\", a_row(full_name="Back\\slash")),
        ('"', a_row(full_name='The "Rock"')),
        ("1/2", a_row(school="1/2 Mile School")),
        ("Smith, Zoe", a_row(full_name="Zoë Smith")),
        ("Smith,Zoe;Bath", a_row(full_name="Zoë Smith", school="Bath School")),
        ("Smith, J.", a_row(full_name="Jo Smith")),
        ("St Mary's School.", a_row(school="St Marys School")),
        ("zoe@school.example.", a_row(email="zoe@school.example")),
        ("\u200e1234567\u200f", a_row(trn="1234567")),
        ("\ufeff1234567\u200b", a_row(trn="1234567")),
        ("12\u200b34567", a_row(trn="1234567")),
        ("\u202a1234567\u202c", a_row(trn="1234567")),
        ("zo\u00ade", a_row(full_name="Zoë")),
        ("zoe", a_row(full_name="Zo\u200be")),
        ("RP12/34567", a_row(trn="1234567")),
        ("rp 12/34567", a_row(trn="1234567")),
        ("RP-12-34567", a_row(trn="1234567")),
        ("RP1234567", a_row(trn="1234567")),
        ("smith-jones", a_row(full_name="Jo Smith Jones")),
        ("smith-jones", a_row(full_name="Jo Smith-Jones")),
        ("smith-jones", a_row(full_name="Jo Smith – Jones")),
        ("Smith–Jones", a_row(full_name="Jo Smith Jones")),
        ("smith jones", a_row(full_name="Jo Smith Jones")),
        ("smith jones", a_row(full_name="Jo Smith-Jones")),
        ("ann-marie-smith", a_row(full_name="Ann Marie Smith")),
        ("dorde", a_row(full_name="Ðorðe")),
        ("hal", a_row(full_name="Ħal")),
        ("dan musa", a_row(full_name="Ɗan Musa")),
        ("eliyev", a_row(full_name="Əliyev")),
        ("ali", a_row(full_name="ʿAlī")),
        ("ʿali", a_row(full_name="Ali")),
    ],
)
def test_a_row_is_found(text: str, row: ListedParticipant) -> None:
    assert finds(text, row)


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("smith jones", a_row(full_name="Jo Smith")),
        ("annely", a_row(full_name="Ann", school="Ely School")),
        ("n e", a_row(full_name="Ann", school="Bath School")),
        ("1234567", a_row(trn="", full_name="Jo")),
        ("7654321", a_row(trn="1234567")),
        ("10001", a_row(school_urn="100001", trn="")),
        ("school_urn", a_row(school_urn="100001")),
        ("zoe@school", a_row(email="zoe@other.example")),
        ("school.example", a_row(email="zoe@school.example")),
        ("ambition", a_row(lead_provider="Ambition")),
        ("ect", a_row(full_name="Jo")),
        ("%", a_row(full_name="Jo Smith", school="Bath")),
        ("_", a_row(full_name="Jo Smith", school="Bath")),
        ("j.s", a_row(full_name="Jo Smith")),
        ("smith-jones", a_row(full_name="Jones Smith")),
        ("smith-jones", a_row(full_name="Jo Smith", school="Jones School")),
        ("rp smith", a_row(full_name="Jo Smith", school="Bath")),
        ("p0", a_row(full_name="Jo Smith")),
    ],
)
def test_a_row_is_not_found(text: str, row: ListedParticipant) -> None:
    assert not finds(text, row)


@pytest.mark.parametrize(
    "pasted",
    [
        "1234567 7654321",
        "1234567\n7654321\r\n",
        "1234567,7654321",
        "1234567, 7654321;",
        "12/34567; 76/54321",
        "12/34567,76/54321",
        "1234567\t7654321 0000001",
        "1234567 1234567 7654321",
        "RP12/34567\nRP76/54321",
        "\u200e1234567\u200e \u200e7654321\u200e",
    ],
)
def test_a_pasted_list_of_trns_finds_each_of_them(pasted: str) -> None:
    assert finds(pasted, a_row(trn="1234567"))
    assert finds(pasted, a_row(trn="7654321"))
    assert not finds(pasted, a_row(trn="1111111"))
    assert not finds(pasted, a_row(trn=""))


def test_a_word_beside_a_list_of_trns_must_be_found_too() -> None:
    assert finds("1234567 7654321 smith", a_row(trn="7654321", full_name="Jo Smith"))
    assert not finds("1234567 7654321 smith", a_row(trn="7654321", full_name="Jo"))


def test_the_same_trn_twice_is_one_number_and_no_list() -> None:
    assert finds("1234567 1234567", a_row(trn="1234567"))
    assert not finds("1234567 1234567", a_row(trn="7654321"))


@pytest.mark.parametrize("pasted", ["123456 234567", "123456\n0234567", "123456,234567,1111111", "45678 123456 234567"])
def test_a_list_from_a_spreadsheet_that_dropped_the_zeros_finds_each_trn(pasted: str) -> None:
    assert finds(pasted, a_row(trn="0123456"))
    assert finds(pasted, a_row(trn="0234567"))
    assert not finds(pasted, a_row(trn="1234567"))
    assert not finds(pasted, a_row(trn=""))


def test_a_list_of_urns_finds_the_participants_of_each_school() -> None:
    assert finds("100001 100002", a_row(school_urn="100001", trn=""))
    assert finds("100001 100002", a_row(school_urn="100002", trn=""))
    assert not finds("100001 100002", a_row(school_urn="100003", trn=""))


def test_a_number_on_a_list_is_the_whole_trn_and_no_piece_of_a_name() -> None:
    assert not finds("1234567 7654321", a_row(trn="", full_name="Jo 1234567"))


def test_a_list_has_1000_different_trns_at_most_however_they_are_written() -> None:
    numbers = [f"{n:07d}" for n in range(1, MOST_NUMBERS + 2)]
    for separator in (" ", ", ", "\r\n", ";"):
        search = Search.of(separator.join(numbers[:-1]))
        assert (search.listed, len(search.terms)) == (MOST_NUMBERS, 1)
    twice = Search.of(" ".join([*numbers[:-1], *numbers[:-1]]))
    assert twice.listed == MOST_NUMBERS
    assert Search.of("\n".join(f"RP{n[:2]}/{n[2:]}" for n in numbers[:-1])).listed == MOST_NUMBERS
    for text in (" ".join(numbers), " ".join(numbers[:2]) + " " * LONGEST_LIST):
        with pytest.raises(InvalidQuery, match="1,000 TRNs or fewer"):
            Search.of(text)


def test_a_long_list_leaves_room_for_200_characters_of_other_words() -> None:
    numbers = " ".join(f"{n:07d}" for n in range(1, 500))
    assert len(Search.of(f"{numbers} {'a' * 200}").terms) == 2
    with pytest.raises(InvalidQuery, match="200 characters or fewer beside the TRNs"):
        Search.of(f"{numbers} {'a' * 201}")


def test_a_trn_that_is_not_shown_is_not_found() -> None:
    hidden = an_entry(a_record(trn="1234567")).listed
    assert finds("1234567", hidden)
    assert not finds("1234567", a_row(trn=""))


@st.composite
def a_row_and_a_piece_of_it(draw: DrawFn) -> tuple[ListedParticipant, str]:
    row = draw(listed_participants())
    words = [word for text in (row.full_name, row.school, row.trn) for word in search_key(text).split()]
    word = draw(st.sampled_from(words))
    first = draw(st.integers(0, len(word) - 1))
    return row, word[first : draw(st.integers(first + 1, len(word)))]


@given(a_row_and_a_piece_of_it())
def test_any_piece_of_a_word_of_name_school_or_trn_finds_the_row(drawn: tuple[ListedParticipant, str]) -> None:
    row, piece = drawn
    assume(not set(piece) <= set(",;."))
    assert all(term.found_in(row) for term in Search.of(piece).terms)


@given(listed_participants())
def test_the_whole_name_and_school_find_the_row(row: ListedParticipant) -> None:
    text = f"{row.full_name} {row.school}"
    assert all(term.found_in(row) for term in Search.of(text).terms)


@given(st.text("abzåß '", min_size=1, max_size=12), st.lists(listed_participants(), max_size=4))
def test_a_row_is_found_where_every_word_is_in_its_name_or_its_schools(
    text: str, rows: list[ListedParticipant]
) -> None:
    words = search_key(text).split()
    assume(words)
    for row in rows:
        fields = (search_key(row.full_name), search_key(row.school), row.trn)
        expected = all(any(word in part for part in fields) for word in words)
        assert all(term.found_in(row) for term in Search.of(text).terms) is expected


@given(searches())
def test_folding_a_search_without_a_dash_first_changes_nothing(text: str) -> None:
    assume(not DASHES.search(text) and (not text or search_key(text).strip(" ,;.")))
    assert Search.of(search_key(text)).terms == Search.of(text).terms


@given(st.text(max_size=30))
def test_any_text_is_a_search_or_refused_and_never_anything_else(text: str) -> None:
    try:
        search = Search.of(text)
    except InvalidQuery as error:
        assert error.field == "query"  # noqa: PT017 - one of two outcomes
        assert text.strip()
    else:
        assert bool(search) is bool(text.strip())


@pytest.mark.parametrize("blank", ["", " ", "\t\n", "\u00a0"])
def test_a_blank_search_finds_everything(blank: str) -> None:
    search = Search.of(blank)
    assert (search.text, search.terms, bool(search)) == ("", (), False)
    assert finds(blank)


@pytest.mark.parametrize("text", ["'", "-", "’ –", "\u0301", ",", ";,", ".", "-.", "\u200b"])
def test_a_search_in_which_no_word_is_left_is_refused_and_does_not_find_everything(text: str) -> None:
    with pytest.raises(InvalidQuery, match="at least one letter or number") as raised:
        Search.of(text)
    assert raised.value.field == "query"


def test_a_search_has_200_characters_at_most() -> None:
    assert Search.of("a" * 200)
    assert Search.of(" " * 200).terms == ()
    for text in ("a" * 201, " " * 201, "a" + " " * 200):
        with pytest.raises(InvalidQuery, match="200 characters") as raised:
            Search.of(text)
        assert raised.value.field == "query"


@given(st.text(st.sampled_from("@aé0 /7;"), max_size=200) | st.text(max_size=200))
def test_a_search_that_is_taken_has_few_terms_each_once(text: str) -> None:
    try:
        terms = Search.of(text).terms
    except InvalidQuery:
        return
    assert len(terms) <= MOST_TERMS
    assert len(set(terms)) == len(terms)


@pytest.mark.parametrize("again", ["@ ", "Zoe zoé ", "1234567 ", "a@ "])
def test_a_word_that_is_typed_again_is_one_word(again: str) -> None:
    assert Search.of((again * 100)[:200]).terms == Search.of(again.split(maxsplit=1)[0]).terms


def test_a_search_has_20_words_at_most_and_a_pasted_list_of_trns_is_one() -> None:
    assert len(Search.of(" ".join(f"w{n}" for n in range(20))).terms) == MOST_TERMS
    assert len(Search.of(" ".join(f"{n:07d}" for n in range(25))).terms) == 1
    with pytest.raises(InvalidQuery, match="20 different words or fewer"):
        Search.of(" ".join(f"w{n}" for n in range(21)))


def test_a_search_keeps_what_was_typed_in_single_spaces() -> None:
    assert Search.of("  Zoë \n O'Neill ").text == "Zoë O'Neill"


@pytest.mark.parametrize("scope", [None, "north", (), object()])
def test_a_query_can_not_be_made_without_a_scope(scope: Any) -> None:  # noqa: ANN401 - wrong on purpose
    with pytest.raises(TypeError):
        ParticipantQuery(scope=scope)
    with pytest.raises(TypeError):
        ParticipantQuery.of(scope)
    with pytest.raises(TypeError):
        ParticipantQuery()  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        evolve(ParticipantQuery(scope=SCOPE), scope=scope)


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"role": "teacher"}, "role"),
        ({"role": "ECT"}, "role"),
        ({"role": "ect "}, "role"),
        ({"role": "ect,mentor"}, "role"),
        ({"status": "Checking QTS"}, "status"),
        ({"status": "active_flags"}, "status"),
        ({"status": " "}, "status"),
        ({"status": "checking_qts active_flags"}, "status"),
        ({"next": "the school"}, "next"),
        ({"induction_type": "fip"}, "induction_type"),
        ({"lead_provider": "a/b"}, "lead_provider"),
        ({"academic_year": "23"}, "academic_year"),
        ({"academic_year": "2023-24"}, "academic_year"),
        ({"academic_year": "-1"}, "academic_year"),
        ({"academic_year": "２０２３"}, "academic_year"),
        ({"search": "x" * 201}, "query"),
    ],
)
def test_a_word_that_is_not_understood_is_refused_by_its_field(words: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidQuery) as raised:
        ParticipantQuery.of(SCOPE, **words)
    assert raised.value.field == field


@given(st.lists(st.sampled_from(Status), min_size=1), st.lists(st.sampled_from([2021, 2022, 2023]), min_size=1))
def test_the_values_of_a_filter_are_the_same_in_whatever_order_and_how_often_they_are_named(
    statuses: list[Status], years: list[int]
) -> None:
    words = {"status": word_of(statuses), "academic_year": word_of(years)}
    asked = ParticipantQuery.of(SCOPE, **words)
    assert asked == ParticipantQuery.of(
        SCOPE, status=word_of(set(statuses)), academic_year=word_of(sorted(years, reverse=True))
    )
    assert asked.chosen == {
        "status": tuple(status for status in Status if status in statuses),
        "academic_year": tuple(sorted(set(years), reverse=True)),
    }


def test_blank_words_are_no_filters() -> None:
    query = ParticipantQuery.of(SCOPE, search="", role="", academic_year="", status="")
    assert query == ParticipantQuery(scope=SCOPE)
    assert (query.filters, query.words) == ({}, {})


def test_every_slug_is_understood() -> None:
    for role in ParticipantRole:
        assert ParticipantQuery.of(SCOPE, role=role.value).chosen == {"role": (role,)}
    for status in Status:
        assert ParticipantQuery.of(SCOPE, status=status.value).chosen == {"status": (status,)}
    for who in WhoActs:
        assert ParticipantQuery.of(SCOPE, next=who.value).chosen == {"next": (who,)}
    for kind in InductionType:
        assert ParticipantQuery.of(SCOPE, induction_type=kind.value).chosen == {"induction_type": (kind,)}
    assert ParticipantQuery.of(SCOPE, academic_year="2023").chosen == {"academic_year": (2023,)}


@given(queries())
def test_the_words_of_a_query_make_the_same_query_again(query: ParticipantQuery) -> None:
    words = {"search" if name == "query" else name: word for name, word in query.words.items()}
    assert ParticipantQuery.of(query.scope, **words) == query
    assert query.filters == {
        name: word for name, word in query.words.items() if name not in {"query", "sort", "direction"}
    }


@given(st.lists(listed_participants(), max_size=5).flatmap(lambda rows: st.tuples(st.just(rows), queries(rows))))
def test_a_row_matches_where_it_is_covered_and_meets_search_and_filters(
    drawn: tuple[list[ListedParticipant], ParticipantQuery],
) -> None:
    rows, query = drawn
    for row in rows:
        parts = [
            query.scope.covers(row),
            *(getattr(row, FILTER_NAMED[name].field) in values for name, values in query.chosen.items()),
            ParticipantQuery(scope=query.scope, search=query.search).matches(row) or not query.scope.covers(row),
        ]
        assert query.matches(row) is all(parts)


@given(scopes(), st.lists(listed_participants(), max_size=5))
def test_a_query_that_is_not_narrowed_finds_exactly_what_its_scope_covers(
    scope: Scope, rows: list[ListedParticipant]
) -> None:
    assert list(filter(ParticipantQuery(scope=scope).matches, rows)) == scope.filter(rows)


def test_all_filters_combine() -> None:
    query = ParticipantQuery.of(
        SCOPE, search="zoe", role="ect", academic_year="2022", status="training_or_eligible_for_training"
    )
    assert query.matches(ROW)
    for other in (
        a_row(full_name="Jo", school="Bath"),
        a_row(role=ParticipantRole.MENTOR),
        a_row(academic_year=2023),
        a_row(status=Status.CHECKING_QTS),
        a_row(lead_provider_id=LeadProviderId("teach-first")),
        a_row(delivery_partner_id="south"),
    ):
        assert not query.matches(other)


@given(st.integers(0, 500), st.sampled_from([1, 20, 50, 100]), st.integers(-3, 40))
def test_pages_cover_every_row_once_and_there_is_none_past_the_end(found: int, size: int, number: int) -> None:
    pages = Page(participants=(), number=1, size=size, found=found).count
    offsets = [checked_page(page, size, found) for page in range(1, pages + 1)]
    assert [row for offset in offsets for row in range(offset, min(offset + size, found))] == list(range(found))
    if not 1 <= number <= pages:
        with pytest.raises(PageNotFound):
            checked_page(number, size, found)


def test_where_nothing_was_found_there_is_one_empty_page() -> None:
    assert checked_page(1, 50, 0) == 0
    assert Page(participants=(), number=1, size=50, found=0).count == 1
    with pytest.raises(PageNotFound):
        checked_page(2, 50, 0)
