"""A download compared with the listing that it is of: everything is the same (service rule 17)."""

from collections.abc import Callable, Sequence

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from checkdata.adapters.spreadsheets import close_names, workbook
from checkdata.domain.listing.columns import PARTNER_COLUMNS, csv_chunks, raw
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import Role
from checkdata.domain.reconciliation.column_guess import guess_columns
from checkdata.domain.reconciliation.comparing import details_for
from checkdata.domain.reconciliation.reconcile import Reconciliation, reconcile
from checkdata.domain.reconciliation.uploaded_list import ChosenColumns, UploadedList
from checkdata.domain.values import ParticipantId
from tests.stopped_clock import IN_TIME, read_list
from tests.strategies import listed_participants
from tests.unit.reconciliation.examples import ANNA, OF_PARTNERS, a_participant

Download = Callable[[Sequence[ListedParticipant]], bytes]


def neutralised_csv(rows: Sequence[ListedParticipant]) -> bytes:
    return b"".join(csv_chunks(rows, PARTNER_COLUMNS))


def raw_csv(rows: Sequence[ListedParticipant]) -> bytes:
    return b"".join(csv_chunks(rows, PARTNER_COLUMNS, safe=raw))


def web_csv(rows: Sequence[ListedParticipant]) -> bytes:
    return b"\xef\xbb\xbf" + neutralised_csv(rows)


def resaved_csv(rows: Sequence[ListedParticipant]) -> bytes:
    """As Excel saves it again where lists have semicolons."""
    cells = [row.cells for row in read_list(web_csv(rows))]
    lines = [";".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in cells]
    return "\r\n".join(lines).encode("utf-8-sig")


def xlsx(rows: Sequence[ListedParticipant]) -> bytes:
    return b"".join(workbook(rows, PARTNER_COLUMNS, "Participants"))


def listings() -> SearchStrategy[list[ListedParticipant]]:
    rows = st.lists(listed_participants().filter(lambda one: bool(one.full_name.strip())), min_size=1, max_size=6)
    return rows.map(lambda of: [evolve(one, participant_id=ParticipantId(f"p{place}")) for place, one in enumerate(of)])


def compared(file: bytes, rows: Sequence[ListedParticipant]) -> Reconciliation:
    uploaded_list = UploadedList.of(read_list(file))
    columns = ChosenColumns.of(guess_columns(uploaded_list, OF_PARTNERS))
    return reconcile(uploaded_list, columns, rows, close_names, IN_TIME)


@pytest.mark.parametrize("download", [neutralised_csv, raw_csv, web_csv, resaved_csv, xlsx])
@given(rows=listings())
def test_a_download_compared_with_its_own_listing_is_the_same_throughout(
    download: Download, rows: list[ListedParticipant]
) -> None:
    result = compared(download(rows), rows)
    assert list(result.details) == list(details_for(Role.DELIVERY_PARTNER))
    assert [len(match.rows) for match in result.same] == [1] * len(rows)


def test_a_download_that_a_spreadsheet_took_the_zeros_from_is_the_same() -> None:
    rows = [evolve(ANNA, trn="0012345"), a_participant("b", "Bob", trn="0000001")]
    file = neutralised_csv(rows).replace(b"0012345", b"12345").replace(b"0000001", b"1")
    assert len(compared(file, rows).same) == 2


def test_a_formula_in_a_name_is_compared_without_its_apostrophe() -> None:
    rows = [a_participant("a", '=HYPERLINK("x")', email="+a@school.example")]
    file = neutralised_csv(rows)
    assert b"'=HYPERLINK" in file
    assert len(compared(file, rows).same) == 1
