import csv
from collections.abc import Sequence

from checkdata.domain.listing.columns import csv_chunks
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.reconciliation.column_guess import guess_columns
from checkdata.domain.reconciliation.reconcile import reconcile
from checkdata.domain.reconciliation.result_rows import reconciled_columns, reconciled_rows
from checkdata.domain.reconciliation.uploaded_list import ChosenColumns
from tests.stopped_clock import IN_TIME
from tests.unit.reconciliation.examples import ANNA, OF_PARTNERS, a_list, a_participant, exactly_alike


def downloaded(rows: Sequence[Sequence[str]], ours: Sequence[ListedParticipant]) -> list[dict[str, str]]:
    uploaded_list = a_list(*rows)
    columns = ChosenColumns.of(guess_columns(uploaded_list, OF_PARTNERS))
    result = reconcile(uploaded_list, columns, ours, exactly_alike, IN_TIME)
    file = b"".join(csv_chunks(reconciled_rows(result), reconciled_columns(columns)))
    return list(csv.DictReader(file.decode().splitlines()))


def test_a_download_has_every_row_of_both_sides_with_what_became_of_it() -> None:
    rows = [
        ["Name", "School", "TRN"],
        ["Anna Jones", "St Mary's", "12/34567"],
        ["Bea", "St Mary's", ""],
        ["=Cy", "St Bede's", "7654321"],
        ["Bea", "St Mary's", ""],
    ]
    told = downloaded(
        rows, [ANNA, a_participant("b", "Bea"), a_participant("c", "Cy", school="St Bede's", trn="7654320")]
    )
    assert [(row["result"], row["row_in_your_list"], row["same_person_as_rows"]) for row in told] == [
        ("The same", "3", "5"),
        ("The same", "5", "3"),
        ("Different", "2", ""),
        ("Different", "4", ""),
    ]
    different = told[2]
    assert (different["matched_by"], different["how_sure"], different["differs_in"]) == (
        "TRN",
        "Probable match",
        "Full name",
    )
    assert (different["your_full_name"], different["dfe_full_name"]) == ("Anna Jones", "Anna Smith")
    assert (different["your_trn"], different["dfe_trn"]) == ("12/34567", "1234567")
    assert told[3]["your_full_name"] == "'=Cy"


def test_rows_of_one_side_leave_the_other_sides_cells_blank() -> None:
    rows = [["Name", "School"], ["Bea Birch", "St Bede's"]]
    theirs, ours = downloaded(rows, [a_participant("b", "Bea Birch")])
    assert theirs == {
        "result": "Only in your list",
        "row_in_your_list": "2",
        "matched_by": "",
        "how_sure": "",
        "differs_in": "",
        "same_person_as_rows": "",
        "your_full_name": "Bea Birch",
        "dfe_full_name": "",
        "your_school": "St Bede's",
        "dfe_school": "",
        "close_names": "Bea Birch, St Mary's",
    }
    assert (ours["result"], ours["your_full_name"], ours["dfe_full_name"]) == (
        "Only in the department's list",
        "",
        "Bea Birch",
    )


def test_of_many_rows_for_one_participant_a_few_are_named_and_the_others_counted() -> None:
    rows = [["TRN"], *[["1234567"]] * 3000]
    told = [row["same_person_as_rows"] for row in downloaded(rows, [ANNA])]
    assert told[0] == "3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 2,989 more"
    assert told[-1] == "2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 2,989 more"
    assert sum(map(len, told)) < 50 * len(told)
