"""``checkdata schools import``, as an operator runs it."""

from pathlib import Path

import pytest

from tests.integration.cli.command import Command

HEADER = "URN,EstablishmentName,EstablishmentStatus (name),CloseDate,Town\r\n"


@pytest.fixture
def register(tmp_path: Path) -> Path:
    """A school that closed and one that follows it, as Windows writes them."""
    path = tmp_path / "edubasealldata.csv"
    rows = "100001,St Zoë’s,Closed,31-08-2024,\r\n100002,Zoë Academy,Open,,York\r\n"
    path.write_bytes((HEADER + rows).encode("cp1252"))
    return path


def test_the_register_is_loaded_and_what_is_to_do_next_is_said(checkdata: Command, register: Path) -> None:
    links = register.with_name("links.csv")
    links.write_text("URN,LinkURN,LinkType\n100001,100002,Successor\n")
    ended = checkdata.done("schools", "import", register, "--links", links)
    assert ended.out.splitlines() == [
        "Schools:    2 new, 0 changed, 0 unchanged, 0 rows refused",
        "Successors: 1",
        "Run checkdata refresh, so that lists show these names.",
    ]
    assert checkdata.done("schools", "import", register).out.splitlines() == [
        "Schools:    0 new, 0 changed, 2 unchanged, 0 rows refused"
    ]


def test_a_bad_row_is_named_in_the_report_and_never_shown(checkdata: Command, register: Path, tmp_path: Path) -> None:
    register.write_bytes(register.read_bytes() + b"1,Secret Name,Open,,\r\n")
    ended = checkdata.done("schools", "import", register, "--report", tmp_path / "report", code=1)
    assert "2 new" in ended.out
    report = (tmp_path / "report" / "rejected.csv").read_text()
    assert report == "file,line,column,rule\nedubasealldata.csv,4,URN,not 6 digits\n"
    assert "Secret" not in ended.said


def test_a_file_that_is_not_the_register_or_not_there_is_refused_in_a_sentence(
    checkdata: Command, register: Path
) -> None:
    register.write_text("name\nSchool\n")
    ended = checkdata.done("schools", "import", register, code=2)
    assert "edubasealldata.csv: required columns are missing: URN, EstablishmentName" in ended.err
    assert "Nothing was loaded" in checkdata.done("schools", "import", register.with_name("none.csv"), code=2).err
