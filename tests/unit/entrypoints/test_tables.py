"""Tables of the command line: stored text can control neither a spreadsheet nor a terminal."""

import pytest

from checkdata.entrypoints.cli.tables import show, show_csv

STEERING = "\x1b[2J\u202eBo\x9b"


def test_no_cell_of_a_csv_or_a_table_steers_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    for shows in (show, show_csv):
        shows(("name",), [(STEERING,)])
        assert capsys.readouterr().out.splitlines()[1] == "\ufffd[2J\ufffdBo\ufffd"


def test_a_cell_with_line_ends_and_tabs_is_one_cell_of_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    show(("name", "role"), [("Bo\tsupport\r\nAnn", "none")])
    assert capsys.readouterr().out.splitlines() == ["name\trole", "Bo support  Ann\tnone"]
