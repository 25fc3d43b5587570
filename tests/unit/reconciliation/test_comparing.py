import pytest
from hypothesis import given

from checkdata.domain.listing.columns import neutralised
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.reconciliation.comparing import Detail, comparable, looks_like
from tests.strategies import listed_participants, names


@pytest.mark.parametrize(
    ("detail", "forms"),
    [
        (Detail.FULL_NAME, ["Zoë O'Neill", "zoe o’neill", "ONEILL, Zoe", "O'Neill  Zoë", "Zoe\u0308 O'NEILL"]),
        (Detail.FULL_NAME, ["Łukasz Anne-Marie", "lukasz annemarie"]),
        (Detail.EMAIL, ["Zoe@School.example", "zoe@school.example", " ZOE@SCHOOL.EXAMPLE "]),
        (Detail.TRN, ["0012345", "00/12345", "00 12345", "RP00/12345", "12345", "12345.0", "'0012345", "0012-345"]),
        (Detail.ROLE, ["ECT", "ect", "Early career teacher", "EARLY CAREER TEACHER", "Early Career Teacher (ECT)"]),
        (Detail.ROLE, ["Mentor", "mentor", "ECT mentor"]),
        (Detail.SCHOOL, ["St Mary's", "St. Mary’s", "ST MARYS"]),
        (Detail.LEAD_PROVIDER, ["Best Practice Élan", "best practice elan"]),
        (Detail.SCHOOL_URN, ["100001", "100001.0", " 100001 ", "URN 100001", "100,001"]),
        (
            Detail.ACADEMIC_YEAR,
            ["2023", "2023 to 2024", "2023/24", "2023-24", "2023/2024", "2023–2024", "23/24", "AY 2023/24", "2023.0"],
        ),
        (Detail.ACADEMIC_YEAR, ["2025", "Sept 2025", "2025/26", "25-26", "2025-2026", "Sep-25", "March 2026", "45901"]),
        (Detail.ACADEMIC_YEAR, ["2099", "2099/00"]),
        (Detail.ACADEMIC_YEAR, ["2020", "20/21", "Academic year 2020 to 2021", "Cohort 2020"]),
        (Detail.STATUS, ["Checking QTS", "checking_qts", "CHECKING QTS"]),
    ],
)
def test_the_forms_in_which_people_write_a_detail_are_the_same(detail: Detail, forms: list[str]) -> None:
    assert len({comparable(detail)(form) for form in forms}) == 1


@pytest.mark.parametrize(
    ("detail", "texts"),
    [
        (
            Detail.FULL_NAME,
            ["Anna Smith", "Ann Smith", "Anna Smyth", "Anna", "Smith", "Anna Maria Smith", "-", ""],
        ),
        (Detail.EMAIL, ["zoe@school.example", "zoë@school.example", "zoe@school.example.org", ""]),
        (Detail.TRN, ["1234567", "1234568", "12345678", "not known", "123 4567 (old)", ""]),
        (Detail.ROLE, ["ECT", "Mentor", "Induction tutor", ""]),
        (Detail.SCHOOL_URN, ["100001", "100002", "10001", ""]),
        (Detail.ACADEMIC_YEAR, ["2023", "2024", "2023/25", "23", "2023 to 2023", "1923", ""]),
        (Detail.STATUS, ["Checking QTS", "Participant deferred", "Active", ""]),
    ],
)
def test_what_tells_something_else_differs(detail: Detail, texts: list[str]) -> None:
    assert len({comparable(detail)(text) for text in texts}) == len(texts)


@pytest.mark.parametrize("detail", Detail)
@given(text=names())
def test_an_apostrophe_that_neutralising_put_before_a_cell_is_overlooked(detail: Detail, text: str) -> None:
    assert comparable(detail)(neutralised(text)) == comparable(detail)(text)


@pytest.mark.parametrize("detail", Detail)
@given(text=names())
def test_a_text_that_is_not_blank_is_never_compared_as_none(detail: Detail, text: str) -> None:
    assert bool(comparable(detail)(text)) is bool(text.strip())


@given(listed_participants())
def test_the_departments_own_words_are_understood(listed: ListedParticipant) -> None:
    role, year = comparable(Detail.ROLE)(Detail.ROLE.of(listed)), comparable(Detail.ACADEMIC_YEAR)
    assert role == listed.role.value
    assert year(Detail.ACADEMIC_YEAR.of(listed)) == str(listed.academic_year)
    assert comparable(Detail.STATUS)(Detail.STATUS.of(listed)) == listed.status.value
    assert comparable(Detail.TRN)(Detail.TRN.of(listed)) == listed.trn
    assert comparable(Detail.SCHOOL_URN)(Detail.SCHOOL_URN.of(listed)) == listed.school_urn


def test_cells_suggest_a_detail_by_their_shape_and_names_suggest_nothing() -> None:
    cells = {
        "zoe@school.example": {Detail.EMAIL},
        "12/34567": {Detail.TRN},
        "1234567": {Detail.TRN},
        "100001": {Detail.SCHOOL_URN},
        "ECT": {Detail.ROLE},
        "2023/24": {Detail.ACADEMIC_YEAR},
        "Sept 2023": {Detail.ACADEMIC_YEAR},
        "12/03/1985": set(),
        "2001-03-12": set(),
        "45170": set(),
        "Checking QTS": {Detail.STATUS},
        "Anna Smith": set(),
        "07700 900123": set(),
        "": set(),
    }
    assert {cell: {detail for detail in Detail if looks_like(detail, cell)} for cell in cells} == cells
