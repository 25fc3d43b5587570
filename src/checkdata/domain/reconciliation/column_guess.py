"""Which column of a user's own list holds which detail, guessed from its headings and its cells."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from attrs import frozen

from checkdata.domain.reconciliation.column_headings import Clarity, heading_meaning, is_plain_name
from checkdata.domain.reconciliation.comparing import Detail, looks_like
from checkdata.domain.reconciliation.uploaded_list import UploadedList

_SAMPLE_ROWS: Final = 200
_MOSTLY: Final = 0.8
_HALF: Final = 0.5
_TOLD_BY_CELLS: Final = (
    Detail.EMAIL,
    Detail.TRN,
    Detail.SCHOOL_URN,
    Detail.ROLE,
    Detail.STATUS,
    Detail.ACADEMIC_YEAR,
)


@frozen
class _Claim:
    column: int
    detail: Detail
    clarity: Clarity
    share: float

    @property
    def strength(self) -> tuple[int, float, int]:
        return self.clarity, self.share, -self.column


def guess_columns(uploaded_list: UploadedList, details: Collection[Detail]) -> dict[int, Detail]:
    """Which of the details each column most likely holds, by column from 0; the user corrects it (`ChosenColumns.of`).

    Headings count before cells, clear ones before vague ones, and left before right. A heading that only mentions a
    detail needs cells that look like it. "First name" and "Surname" are a name together.
    """
    claims = [claim for claim in _claims(uploaded_list) if claim.detail in details]
    parts = _parts_of_name(uploaded_list, claims)
    chosen = dict.fromkeys(parts, Detail.FULL_NAME)
    for claim in sorted(claims, key=lambda claim: claim.strength, reverse=True):
        if claim.column not in chosen and claim.detail not in chosen.values() and claim.clarity is not Clarity.PART:
            chosen[claim.column] = claim.detail
    return dict(sorted(chosen.items()))


def _claims(uploaded_list: UploadedList) -> Iterator[_Claim]:
    for column, heading in enumerate(uploaded_list.headings):
        cells = [cell for row in uploaded_list.rows[:_SAMPLE_ROWS] if (cell := row.cell(column))]
        meaning = heading_meaning(heading)
        if meaning is None:
            yield from _told_by_cells(column, cells)
            continue
        share = _share(meaning.detail, cells)
        if meaning.clarity is not Clarity.MENTIONED or meaning.detail not in _TOLD_BY_CELLS or share >= _HALF:
            yield _Claim(column, meaning.detail, meaning.clarity, share)


def _told_by_cells(column: int, cells: Sequence[str]) -> Iterator[_Claim]:
    for detail in _TOLD_BY_CELLS:
        share = _share(detail, cells)
        if share >= _MOSTLY:
            yield _Claim(column, detail, Clarity.CONTENT, share)


def _share(detail: Detail, cells: Sequence[str]) -> float:
    """The share of the cells that look like the detail, 0 where there is none."""
    return sum(looks_like(detail, cell) for cell in cells) / len(cells) if cells else 0.0


def _parts_of_name(uploaded_list: UploadedList, claims: Sequence[_Claim]) -> list[int]:
    """The columns that are a name together; none where a column is a whole one."""
    if any(claim.detail is Detail.FULL_NAME and claim.clarity is Clarity.NAMED for claim in claims):
        return []
    parts = [claim.column for claim in claims if claim.clarity is Clarity.PART]
    without_plain = [column for column in parts if not is_plain_name(uploaded_list.headings[column])]
    return without_plain if len(without_plain) > 1 else parts  # "Name" beside "Surname" is the other half
