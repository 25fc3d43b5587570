"""``rejected.csv`` tells each fault by its place, in order, and never what the cell held."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkdata.adapters.feed import FolderFeed, RejectionReport, report_folder_beside
from checkdata.domain.errors import FeedRefused, FolderNotWritable, FolderTaken
from checkdata.domain.feed.contents import KnownIds, RowFault
from tests.feeds import RECORD, REFERENCES, training_row, write_file

FILES = ("schools.csv", "teacher_records.csv", "training_records.csv")


def fault(line: int, column: str = "role", file: str = "training_records.csv") -> RowFault:
    return RowFault(file, line, column, "not one of ect, mentor")


def test_what_is_refused_is_told_by_file_line_column_and_rule(tmp_path: Path) -> None:
    rows = [training_row(RECORD, role="head", email="private"), training_row(RECORD, record_id="")]
    write_file(tmp_path / "feed", "training_records", rows)
    report = RejectionReport(tmp_path / "report")
    feed = FolderFeed(tmp_path / "feed", report)
    with report:
        list(feed.training_records(KnownIds().including(REFERENCES)))
    assert report.path == tmp_path / "report" / "rejected.csv"
    assert report.path.read_bytes() == (
        b"file,line,column,rule\n"
        b'training_records.csv,2,role,"not one of ect, mentor"\n'
        b"training_records.csv,2,email,not an email address\n"
        b"training_records.csv,3,record_id,blank\n"
    )
    assert report.rows == 2


def test_a_report_with_nothing_to_tell_is_a_header(tmp_path: Path) -> None:
    with RejectionReport(tmp_path / "deep" / "report") as report:
        pass
    assert report.path.read_bytes() == b"file,line,column,rule\n"
    assert report.rows == 0


def test_a_new_report_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    with RejectionReport(tmp_path) as old:
        old.add(fault(2))
    with RejectionReport(tmp_path) as new:
        assert not new.path.exists()
    assert new.path.read_bytes() == b"file,line,column,rule\n"
    assert [path.name for path in tmp_path.iterdir()] == ["rejected.csv"]


def test_a_report_is_whole_though_the_import_failed(tmp_path: Path) -> None:
    with suppress(FeedRefused), RejectionReport(tmp_path) as report:
        report.add(fault(2))
        raise FeedRefused
    assert report.path.read_text(encoding="utf-8").count("\n") == 2


def test_a_folder_that_cant_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderNotWritable, match=r"The report can't be written to .*\. Nothing was loaded\. Choose"):
        RejectionReport(tmp_path / "file" / "report").__enter__()


def test_unless_told_a_report_lies_beside_its_feed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert report_folder_beside(tmp_path / "march.v2") == tmp_path.resolve() / "march.v2-report"
    monkeypatch.chdir(tmp_path)
    assert report_folder_beside(Path()) == tmp_path.resolve().with_name(f"{tmp_path.name}-report")


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(2, 30), st.sampled_from("ab")), max_size=20),
    st.lists(st.tuples(st.integers(2, 30), st.sampled_from("xy")), max_size=10),
)
def test_faults_found_late_come_into_their_places(
    tmp_path_factory: pytest.TempPathFactory, in_order: list[tuple[int, int, str]], late: list[tuple[int, str]]
) -> None:
    first = [(0, 2, "a"), *sorted(in_order), (2, 15, "a")]
    first.sort(key=lambda place: place[:2])
    then = [(2, line, column) for line, column in sorted(late)]
    with RejectionReport(tmp_path_factory.mktemp("report")) as report:
        report.add(fault(1, "a", FILES[0]))
        report.add(fault(1, "a", FILES[1]))
        for number, line, column in [*first, *then]:
            report.add(fault(line, column, FILES[number]))
    lines = report.path.read_text(encoding="utf-8").splitlines()[1:]
    places = [(FILES.index(line.split(",")[0]), int(line.split(",")[1])) for line in lines]
    assert places == sorted(places)
    assert len(lines) == len(first) + len(then) + 2
    assert report.rows == len(set(places))


def test_only_one_import_has_a_report_until_it_is_whole(tmp_path: Path) -> None:
    with RejectionReport(tmp_path) as first:
        first.add(fault(2))
        with pytest.raises(FolderTaken, match="Another import is running"), RejectionReport(tmp_path):
            pass
        first.add(fault(3))
    whole = (tmp_path / "rejected.csv").read_text()
    assert [line.split(",")[1] for line in whole.splitlines()] == ["line", "2", "3"]
    with RejectionReport(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["rejected.csv"]


def test_what_a_killed_import_left_of_its_report_stops_no_import(tmp_path: Path) -> None:
    (tmp_path / "rejected.csv.unfinished").write_text("half a li")
    with RejectionReport(tmp_path) as report:
        report.add(fault(2))
    assert (tmp_path / "rejected.csv").read_text().startswith("file,line,column,rule\n")
    assert [path.name for path in tmp_path.iterdir()] == ["rejected.csv"]
