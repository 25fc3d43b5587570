from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from attrs import evolve, frozen
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from checkdata.domain.errors import ListRefused
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.reconciliation.close_names import Similarity
from checkdata.domain.reconciliation.comparing import Detail, comparable
from checkdata.domain.reconciliation.matching import Basis
from checkdata.domain.reconciliation.reconcile import Match, MatchedRow, Reconciliation, reconcile
from checkdata.domain.reconciliation.uploaded_list import ChosenColumns, UploadedList, UploadedRow
from checkdata.domain.values import ParticipantId
from tests.stopped_clock import IN_TIME
from tests.strategies import listed_participants, names
from tests.unit.reconciliation.examples import exactly_alike

Drawn = tuple[int, int, tuple[Callable[[str, str], str], ...]]

DETAILS: Final = tuple(Detail)
IDENTITIES: Final[Mapping[Basis, Sequence[Detail]]] = {
    Basis.TRN_AND_ROLE: (Detail.TRN, Detail.ROLE),
    Basis.TRN: (Detail.TRN,),
    Basis.EMAIL: (Detail.EMAIL,),
    Basis.NAME_AND_SCHOOL: (Detail.FULL_NAME,),
}


@frozen
class Case:
    """A list, what its columns are, and the participants that it is compared with."""

    theirs: Sequence[Sequence[str]]
    columns: ChosenColumns
    ours: Sequence[ListedParticipant]

    def reconciled(self, similarity: Similarity = exactly_alike) -> Reconciliation:
        rows = tuple(UploadedRow(number, cells) for number, cells in enumerate(self.theirs, 1))
        return reconcile(UploadedList((), rows), self.columns, self.ours, similarity, IN_TIME)


def participants() -> SearchStrategy[list[ListedParticipant]]:
    """A listing, in any order: names are not blank, and ids are never twice."""
    rows = st.lists(listed_participants().filter(lambda listed: bool(listed.full_name.strip())), max_size=8)
    return rows.map(
        lambda listed: [evolve(one, participant_id=ParticipantId(f"p{place}")) for place, one in enumerate(listed)]
    )


CELLS: Final = st.sampled_from(
    [
        *[lambda cell, _: cell] * 4,
        lambda *_: "",
        lambda cell, _: cell.upper(),
        lambda cell, _: f" {cell} ",
        lambda _, other: other,
    ]
) | names().map(lambda text: lambda *_: text)
"""A cell that is one of ours, made of it and of another one's: mostly the same."""
PLACES: Final = st.integers(0, 7)
THEIR_ROWS: Final = st.lists(st.tuples(PLACES, PLACES, st.tuples(*[CELLS] * len(DETAILS))), max_size=8)


def their_rows(ours: Sequence[ListedParticipant], drawn: Sequence[Drawn]) -> list[list[str]]:
    """Rows of some of ours, some of whose cells are blank, in other letters, another person's or anything."""
    return [
        [
            make(detail.of(ours[place % len(ours)]), detail.of(ours[other % len(ours)]))
            for detail, make in zip(DETAILS, cells, strict=True)
        ]
        for place, other, cells in drawn
    ]


CHOSEN: Final = st.sets(st.sampled_from(DETAILS))


@st.composite
def choices(draw: DrawFn) -> ChosenColumns:
    """Columns that are enough to recognise a participant by."""
    chosen = draw(CHOSEN)
    try:
        return ChosenColumns.of({place: detail for place, detail in enumerate(DETAILS) if detail in chosen})
    except ListRefused:
        assume(False)  # noqa: FBT003 - hypothesis' own way to say so
        raise


@st.composite
def cases(draw: DrawFn) -> Case:
    ours = draw(participants())
    theirs = their_rows(ours, draw(THEIR_ROWS)) if ours else []
    return Case(theirs, draw(choices()), ours)


def matches(result: Reconciliation) -> Sequence[Match]:
    return [*result.same, *result.different]


def matched_rows(result: Reconciliation) -> Sequence[tuple[ListedParticipant, MatchedRow]]:
    return [(match.ours, row) for match in matches(result) for row in match.rows]


@given(cases())
def test_every_row_of_both_sides_is_in_exactly_one_place(case: Case) -> None:
    result = case.reconciled()
    theirs = [row.row.number for _, row in matched_rows(result)] + [row.number for row in result.only_theirs]
    ours = [match.ours for match in matches(result)] + list(result.only_ours)
    assert sorted(theirs) == list(range(1, len(case.theirs) + 1))
    assert Counter(one.participant_id for one in ours) == Counter(one.participant_id for one in case.ours)


@given(case=cases(), shuffled=st.data())
def test_order_never_matters(case: Case, shuffled: st.DataObject) -> None:
    rows = tuple(UploadedRow(number, cells) for number, cells in enumerate(case.theirs, 1))
    other_rows = tuple(shuffled.draw(st.permutations(rows)))
    other_ours = shuffled.draw(st.permutations(case.ours))
    one, other = (
        case.reconciled(),
        reconcile(UploadedList((), other_rows), case.columns, other_ours, exactly_alike, IN_TIME),
    )
    assert other == one
    assert list(other.suggest(other.only_theirs)) == list(one.suggest(one.only_theirs))


@given(case=cases(), shuffled=st.data())
def test_rows_of_another_order_with_other_numbers_are_the_same_people(case: Case, shuffled: st.DataObject) -> None:
    def told(result: Reconciliation) -> Counter[object]:
        return Counter((ours, row.row.cells, row.basis, row.differences) for ours, row in matched_rows(result))

    other = evolve(case, theirs=shuffled.draw(st.permutations(case.theirs)))
    assert told(other.reconciled()) == told(case.reconciled())


@given(ours=participants(), columns=choices())
def test_a_listing_compared_with_itself_is_the_same_throughout(
    ours: Sequence[ListedParticipant], columns: ChosenColumns
) -> None:
    recognisable = [one for one in ours if any(is_told(one, columns))]
    case = Case([[detail.of(one) for detail in DETAILS] for one in recognisable], columns, recognisable)
    result = case.reconciled()
    assert len(result.same) == len(recognisable)
    assert not any(match.repeated for match in result.same)


def is_told(listed: ListedParticipant, columns: ChosenColumns) -> Sequence[bool]:
    """Whether the columns tell the participant's TRN or address, or the name and the school."""
    told = {detail for detail in columns.details if detail.of(listed)}
    named = Detail.FULL_NAME in told and bool(told & {Detail.SCHOOL, Detail.SCHOOL_URN})
    return [Detail.TRN in told, Detail.EMAIL in told, named]


def nothing_close(_: str, __: Sequence[str]) -> Sequence[tuple[int, float]]:
    return ()


def everything_close(_: str, others: Sequence[str]) -> Sequence[tuple[int, float]]:
    return [(place, 1.0) for place in range(len(others))]


@given(cases())
def test_suggestions_are_never_counted(case: Case) -> None:
    none, many = case.reconciled(nothing_close), case.reconciled(everything_close)
    assert (many.same, many.different, many.only_ours) == (none.same, none.different, none.only_ours)
    assert many.only_theirs == none.only_theirs


@given(cases())
def test_only_those_who_are_only_ours_are_suggested(case: Case) -> None:
    result = case.reconciled(everything_close)
    suggested = [one.ours for close in result.suggest(result.only_theirs) for one in close]
    assert all(one in result.only_ours for one in suggested)


@given(cases())
def test_a_match_agrees_in_what_it_rests_on(case: Case) -> None:
    for ours, row in matched_rows(case.reconciled()):
        texts = dict(zip(Detail, case.columns.texts(row.row), strict=True))
        for detail in IDENTITIES[row.basis]:
            read = comparable(detail)
            assert read(texts[detail]) == read(detail.of(ours)) != ""


@given(cases())
def test_the_differences_of_a_match_are_all_that_differ_among_what_is_given(case: Case) -> None:
    for ours, row in matched_rows(case.reconciled()):
        texts = dict(zip(Detail, case.columns.texts(row.row), strict=True))
        read = {d: (comparable(d)(texts[d]), comparable(d)(d.of(ours))) for d in case.columns.details}
        urn, own_urn = read.get(Detail.SCHOOL_URN, ("", " "))
        overlooked = {Detail.SCHOOL} if urn == own_urn else set()
        given = [d for d, (theirs, _) in read.items() if theirs and d not in overlooked]
        assert [difference.detail for difference in row.differences] == [d for d in given if len(set(read[d])) > 1]


@given(cases())
def test_a_row_that_is_only_theirs_has_the_trn_and_role_of_no_participant(case: Case) -> None:
    def read(texts: Sequence[str]) -> tuple[str, str]:
        told = dict(zip(Detail, texts, strict=True))
        return comparable(Detail.TRN)(told[Detail.TRN]), comparable(Detail.ROLE)(told[Detail.ROLE])

    known = {read([detail.of(one) for detail in Detail]) for one in case.ours if one.trn}
    assert not known & {read(case.columns.texts(row)) for row in case.reconciled().only_theirs}
