"""A school that closed and one that follows it are one school in a compared list (rules.md, *Schools that closed*)."""

from collections.abc import Sequence

import pytest

from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import School
from checkdata.domain.reconciliation.column_guess import guess_columns
from checkdata.domain.reconciliation.comparing import Detail
from checkdata.domain.reconciliation.reconcile import Reconciliation, reconcile
from checkdata.domain.reconciliation.uploaded_list import ChosenColumns
from tests.stopped_clock import IN_TIME
from tests.unit.reconciliation.examples import ANNA, OF_PARTNERS, a_list, a_participant, exactly_alike

OLD, NEW = School("100009", "St Bede's"), School("100008", "Bede Academy")
KIN = {ANNA.school_urn: [OLD]}


def compared(
    headings: Sequence[str], *rows: Sequence[str], ours: Sequence[ListedParticipant] = (ANNA,)
) -> Reconciliation:
    uploaded_list = a_list(headings, *rows)
    columns = ChosenColumns.of(guess_columns(uploaded_list, OF_PARTNERS))
    return reconcile(uploaded_list, columns, ours, exactly_alike, IN_TIME, kin=KIN)


def differing(result: Reconciliation) -> list[Detail]:
    return [each.detail for match in result.different for row in match.rows for each in row.differences]


@pytest.mark.parametrize(
    ("school", "urn", "differs"),
    [
        ("St Bede's", "100009", []),
        ("ST. BEDES", "", []),
        ("However spelt", "100009", []),
        ("However spelt", "100001", []),
        ("However spelt", "", [Detail.SCHOOL]),
        ("St Bede's", "100008", [Detail.SCHOOL, Detail.SCHOOL_URN]),
    ],
)
def test_neither_the_name_nor_the_urn_of_a_school_differs_from_that_which_follows_it(
    school: str, urn: str, differs: list[Detail]
) -> None:
    assert differing(compared(["TRN", "School", "URN"], ["1234567", school, urn])) == differs


@pytest.mark.parametrize("headings", [["Name", "School"], ["Name", "URN"]])
def test_a_row_is_matched_by_name_and_the_school_that_followed(headings: list[str]) -> None:
    cell = OLD.name if "School" in headings else OLD.urn
    assert [match.ours for match in compared(headings, ["Anna Smith", cell]).same] == [ANNA]


def test_one_at_the_same_school_comes_before_one_at_a_school_that_followed() -> None:
    at_old = a_participant("b", "Anna Smith", school=OLD.name, school_urn=OLD.urn, trn="")
    ours = [ANNA, at_old]
    result = compared(["Name", "URN", "Year"], ["Anna Smith", OLD.urn, "2019"], ours=ours)
    assert [match.ours for match in result.different] == [at_old]
    assert list(result.only_ours) == [ANNA]
