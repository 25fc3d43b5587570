"""A comparison as its user reads it: columns to choose, groups, and each row with its reason (service rule 17)."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from attrs import frozen

from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import Role
from checkdata.domain.reconciliation.comparing import Detail
from checkdata.domain.reconciliation.matching import Sureness
from checkdata.domain.reconciliation.result_pages import ReconciledPage
from checkdata.domain.reconciliation.result_rows import (
    BASIS_LABELS,
    OUTCOME_LABELS,
    SURENESS_LABELS,
    Outcome,
    ReconciledRow,
    school_of,
)
from checkdata.domain.reconciliation.uploaded_list import ChosenColumns, UploadedList, column_letters
from checkdata.entrypoints.web.presentation.addresses import participant_path
from checkdata.entrypoints.web.presentation.days_and_times import counted
from checkdata.entrypoints.web.presentation.listing_areas import OrganisationArea
from checkdata.entrypoints.web.presentation.listing_table import HINTS
from checkdata.entrypoints.web.presentation.pagination import pagination

_EXAMPLES: Final = 3
_LONGEST_EXAMPLE: Final = 60
_NOTHING: Final = "Nothing"
_MOST_NAMED: Final = 5
_OF_OURS: Final[Mapping[Role, Sequence[Detail]]] = {
    Role.DELIVERY_PARTNER: (Detail.TRN, Detail.ROLE, Detail.SCHOOL, Detail.ACADEMIC_YEAR, Detail.STATUS),
    Role.APPROPRIATE_BODY: (Detail.TRN, Detail.SCHOOL_URN, Detail.INDUCTION_TYPE, Detail.STATUS),
}
"""The details shown, beside the name, of a person who is only in the department's list."""

_ABOUT: Final[Mapping[Outcome, str]] = {
    Outcome.SAME: "These people are in both lists, and all the details in your list match the department’s.",
    Outcome.DIFFERENT: (
        "These people are in both lists, but some of their details differ. A cell that is blank in your list is not "
        "given, so it does not count as different."
    ),
    Outcome.ONLY_THEIRS: (
        "These rows of your list do not match anyone in the department’s list. A similar name in it is shown as a "
        "suggestion. It does not count as a match."
    ),
    Outcome.ONLY_OURS: "These people are in the department’s list, and no row of your list matches them.",
}


@frozen(kw_only=True)
class ColumnChoice:
    """A column of theirs: what it is called, some of its cells, and the details that it may be set to."""

    name: str
    label: str
    examples: str
    options: Sequence[tuple[str, str, bool]]


@frozen(kw_only=True)
class Group:
    """A group, with how many rows are in it."""

    slug: str
    label: str
    number: int
    shown: bool


@frozen(kw_only=True)
class DifferenceInWords:
    """A difference, as each list has it; a hint says where a list has no value."""

    heading: str
    theirs: str
    ours: str
    theirs_hint: str
    ours_hint: str


@frozen(kw_only=True)
class RowInWords:
    """One row of the comparison."""

    title: str
    link: str
    number: str
    reason: str
    sureness: str
    unsure: bool
    notes: Sequence[str]
    differences: Sequence[DifferenceInWords]
    details: Sequence[tuple[str, str, str]]
    suggestions: Sequence[tuple[str, str]]


@frozen(kw_only=True)
class ResultPage:
    """Everything that the page of a comparison shows; ``doubts`` are what may be wrong with the columns."""

    doubts: Sequence[str]
    notes: Sequence[str]
    groups: Sequence[Group]
    outcome: str
    heading: str
    about: str
    rows: Sequence[RowInWords]
    details: Sequence[str]
    kinds: Sequence[tuple[str, str, bool]]
    sure: Sequence[tuple[str, str, bool]]
    number: int
    page: str
    pages: Mapping[str, object]


@frozen
class _Shown:
    """What rows are shown with: which columns of theirs are which, and where participants' own pages are."""

    columns: ChosenColumns
    place: OrganisationArea

    def link(self, ours: ListedParticipant) -> str:
        """The address of a participant's own page."""
        return self.place.address(participant_path(self.place.area.path, ours.participant_id))


def about_list(uploaded_list: UploadedList) -> str:
    """How long a list is, and which of its rows were left out."""
    rows = f"Your list has {counted(len(uploaded_list.rows), 'row', 'rows')} below its headings."
    return " ".join([rows, *_notes_on(uploaded_list)])


def column_choices(
    uploaded_list: UploadedList, chosen: Mapping[int, Detail], offered: Sequence[Detail]
) -> Sequence[ColumnChoice]:
    """A choice for each column of a list among the details that are offered, set as *chosen*."""
    return [
        ColumnChoice(
            name=f"column_{column}",
            label=_label(uploaded_list, column),
            examples=", ".join(_examples(uploaded_list, column)) or "Nothing in this column",
            options=[
                ("", "Not compared", column not in chosen),
                *((detail.value, detail.heading, chosen.get(column) is detail) for detail in offered),
            ],
        )
        for column in range(len(uploaded_list.headings))
    ]


def result_page(
    page: ReconciledPage, uploaded_list: UploadedList, columns: ChosenColumns, place: OrganisationArea
) -> ResultPage:
    """The page of a comparison in words."""
    label, shown = OUTCOME_LABELS[page.outcome], _Shown(columns, place)
    return ResultPage(
        doubts=list(_doubts(page, uploaded_list, columns)),
        notes=list(_notes_on(uploaded_list)),
        groups=[
            Group(slug=one.value, label=OUTCOME_LABELS[one], number=number, shown=one is page.outcome)
            for one, number in page.counts.items()
        ],
        outcome=page.outcome.value,
        heading=f"{label}: {counted(page.found, 'row', 'rows')}",
        about=_ABOUT[page.outcome],
        rows=[_row(row, shown) for row in page.rows],
        details=[detail.heading for detail in _OF_OURS[place.area.role]],
        kinds=_kinds(page, columns) if page.outcome is Outcome.DIFFERENT else (),
        sure=_sure(page) if page.by_sureness else (),
        number=page.number,
        page=f"page {page.number} of {page.count}" if page.count > 1 else "",
        pages=pagination(page.number, page.count, str),
    )


def _notes_on(uploaded_list: UploadedList) -> Iterator[str]:
    """What was not taken of a list: totals, and cells whose formulas have no result."""
    match uploaded_list.totals:
        case ():
            pass
        case (number,):
            yield f"We left out row {number}, because it looks like a total and not a person."
        case (*numbers, last) if len(numbers) < _MOST_NAMED:
            rows = ", ".join(map(str, numbers))
            yield f"We left out rows {rows} and {last}, because they look like totals and not people."
        case many:
            yield f"We left out {len(many):,} rows, because they look like totals and not people."
    if uploaded_list.unread:
        named = [f"row {row}, column {column_letters(column)}" for row, column in uploaded_list.unread[:_MOST_NAMED]]
        more = " and others" if len(uploaded_list.unread) > _MOST_NAMED else ""
        yield (
            f"The file has no result for the formula in {'; '.join(named)}{more}, so we took that as blank. To compare "
            "it, open the workbook in your spreadsheet program, save it and choose it again."
        )


def _doubts(page: ReconciledPage, uploaded_list: UploadedList, columns: ChosenColumns) -> Iterator[str]:
    """What to ask about columns that seem to hold something else."""
    if page.matches_none:
        yield "No row of your list matches anyone. Are the columns right?"
    for detail in page.doubtful:
        named = " and ".join(_label(uploaded_list, column) for column in columns.places_of(detail))
        differing = counted(page.differing[detail], "row differs", "rows differ")
        yield f"{detail.heading}: {differing}, nearly all or all of those compared. Is this the right column? {named}"


def _label(uploaded_list: UploadedList, column: int) -> str:
    heading = uploaded_list.headings[column]
    return f"Column {column_letters(column)}: {heading}" if heading else f"Column {column_letters(column)}"


def _examples(uploaded_list: UploadedList, column: int) -> Iterator[str]:
    cells = filter(None, (row.cell(column) for row in uploaded_list.rows))
    return (_shortened(cell) for cell in islice(cells, _EXAMPLES))


def _shortened(cell: str) -> str:
    return cell if len(cell) <= _LONGEST_EXAMPLE else f"{cell[:_LONGEST_EXAMPLE].rstrip()}…"


def _kinds(page: ReconciledPage, columns: ChosenColumns) -> Sequence[tuple[str, str, bool]]:
    """The details that can differ, with how many rows differ in each; all of them first."""
    details = [
        (detail.value, f"{detail.heading} ({page.differing[detail]:,})", page.differing_in is detail)
        for detail in columns.details
        if page.differing.get(detail) or page.differing_in is detail
    ]
    return [("", f"Anything ({page.counts[Outcome.DIFFERENT]:,})", page.differing_in is None), *details]


def _sure(page: ReconciledPage) -> Sequence[tuple[str, str, bool]]:
    """How sure a match may be, with how many rows of the group are; all of them first."""
    told = [
        (one.value, f"{SURENESS_LABELS[one]} ({page.by_sureness[one]:,})", page.sureness is one)
        for one in Sureness
        if page.by_sureness.get(one) or page.sureness is one
    ]
    return [("", f"Any ({page.counts[page.outcome]:,})", page.sureness is None), *told]


def _row(row: ReconciledRow, shown: _Shown) -> RowInWords:
    matched, number = row.matched, str(row.theirs.number) if row.theirs else ""
    return RowInWords(
        title=row.ours.full_name if row.ours else f"Row {number}",
        link=shown.link(row.ours) if row.ours else "",
        number=number,
        reason=BASIS_LABELS[matched.basis] if matched else "",
        sureness=SURENESS_LABELS[matched.sureness] if matched else "",
        unsure=matched is not None and matched.sureness is Sureness.UNSURE,
        notes=list(_notes(row)),
        differences=list(_differences(row)),
        details=_details(row, shown),
        suggestions=[(shown.link(one.ours), _suggestion(one.ours, one.closeness)) for one in row.suggestions],
    )


def _notes(row: ReconciledRow) -> Iterator[str]:
    for other in row.repeats:
        yield f"Row {other} of your list is this person too"
    if row.more_repeats:
        yield f"And {counted(row.more_repeats, 'more row', 'more rows')} of your list"


def _differences(row: ReconciledRow) -> Iterator[DifferenceInWords]:
    for one in row.matched.differences if row.matched else ():
        yield DifferenceInWords(
            heading=one.detail.heading,
            theirs=one.theirs,
            ours=one.ours,
            theirs_hint="" if one.theirs else _NOTHING,
            ours_hint="" if one.ours else HINTS.get(one.detail.value, _NOTHING),
        )


def _details(row: ReconciledRow, shown: _Shown) -> Sequence[tuple[str, str, str]]:
    """The details of a row that is in one list only: heading, text, and a hint if the text is blank."""
    if row.ours is None and row.theirs is not None:
        columns, theirs = shown.columns, row.theirs
        return [(d.heading, text, "") for d in columns.details if (text := columns.text(theirs, d))]
    if row.theirs is None and row.ours is not None:
        details = _OF_OURS[shown.place.area.role]
        return [(d.heading, d.of(row.ours), HINTS.get(d.value, _NOTHING)) for d in details]
    return ()


def _suggestion(ours: ListedParticipant, closeness: float) -> str:
    trn = f", TRN {ours.trn}" if ours.trn else ""
    return f"{ours.full_name}, {school_of(ours)}{trn} ({closeness:.0%} alike)"
