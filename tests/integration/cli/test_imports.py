import csv
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from checkdata.domain.audit.events import AuditKind
from checkdata.entrypoints.demo.organisations import NORTH_HUB
from tests.integration.cli.command import Command
from tests.integration.cli.test_access import recorded
from tests.integration.cli.test_users import add, partner

TRAINING = "training_records.csv"


@pytest.fixture
def own_feed(feed: Path, tmp_path: Path) -> Path:
    """A copy of the feed, to be spoilt."""
    return Path(shutil.copytree(feed, tmp_path / "feeds" / "own"))


def change(feed: Path, column: str, value: str, *, row: int = 0) -> None:
    """Put another value into a column of a training record."""
    rows = records(feed)
    rows[row][column] = value
    write(feed, rows)


def records(feed: Path) -> list[dict[str, str]]:
    with (feed / TRAINING).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write(feed: Path, rows: list[dict[str, str]]) -> None:
    with (feed / TRAINING).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def test_the_first_import_tells_what_is_new(checkdata: Command, feed: Path, tmp_path: Path) -> None:
    ended = checkdata.done("import", feed, "--report", tmp_path / "report")
    number = len(records(feed))
    assert f"Training records: {number} new, 0 changed, 0 unchanged, 0 removed, 0 rows refused" in ended.out
    assert "Nothing changed" not in ended.out
    assert (tmp_path / "report" / "rejected.csv").read_text() == "file,line,column,rule\n"


def test_without_a_terminal_progress_is_plain_lines(loaded: Command, own_feed: Path) -> None:
    change(own_feed, "full_name", "Zoë Renamed")
    ended = loaded.done("import", own_feed)
    assert ended.err.splitlines()[:4] == [
        "Reading reference data",
        "Reading training records",
        "Reading teacher records",
        "Deriving statuses",
    ]


def test_the_same_feed_twice_changes_nothing_and_says_so(loaded: Command, feed: Path) -> None:
    ended = loaded.done("import", feed)
    assert f"Training records: 0 new, 0 changed, {len(records(feed))} unchanged" in ended.out
    assert ended.out.endswith("Nothing changed.\n")


def test_a_changed_record_is_told(loaded: Command, own_feed: Path) -> None:
    change(own_feed, "full_name", "Zoë Renamed")
    ended = loaded.done("import", own_feed)
    assert "Training records: 0 new, 1 changed" in ended.out


def test_a_refused_row_ends_with_1_and_the_way_to_the_report(loaded: Command, own_feed: Path) -> None:
    change(own_feed, "trn", "secret of Zoë", row=2)
    ended = loaded.done("import", own_feed, code=1)
    report = own_feed.with_name("own-report") / "rejected.csv"
    assert "1 rows refused" in ended.out
    assert f"Which rows were refused, and why: {report}" in ended.err
    assert report.read_text().splitlines()[1].startswith("training_records.csv,4,trn,")
    assert "Zoë" not in ended.said + report.read_text()


def test_a_strict_import_refuses_it_all_with_2(loaded: Command, own_feed: Path) -> None:
    change(own_feed, "full_name", "Zoë Renamed")
    change(own_feed, "trn", "1", row=2)
    ended = loaded.done("import", own_feed, "--strict", code=2)
    assert "The feed has a bad row, and the import is strict. Nothing was loaded." in ended.err
    assert f"Which rows were refused, and why: {own_feed}-report/rejected.csv" in ended.err
    change(own_feed, "trn", "", row=2)
    change(own_feed, "trn_validated", "", row=2)
    assert "changed" in loaded.done("import", own_feed, "--strict").out


def _no_folder(feed: Path) -> None:
    shutil.rmtree(feed)


def _no_records(feed: Path) -> None:
    (feed / TRAINING).unlink()


def _no_column(feed: Path) -> None:
    text = (feed / TRAINING).read_text()
    (feed / TRAINING).write_text(text.replace("record_id", "no_record_id", 1))


def _half_a_file(feed: Path) -> None:
    content = (feed / TRAINING).read_bytes()
    (feed / TRAINING).write_bytes(content[: len(content) // 2 - len(content) // 2 % 2].rsplit(b",", 3)[0])


def _twice_the_same(feed: Path) -> None:
    rows = records(feed)
    write(feed, [*rows, rows[0]])


def _not_unicode(feed: Path) -> None:
    (feed / "schools.csv").write_bytes(b"urn,name\n100001,St Mary\xff\n")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (_no_folder, r"There is no folder .*own"),
        (_no_records, r"There is no training_records\.csv"),
        (_no_column, r"training_records\.csv.*record_id"),
        (_half_a_file, r"training_records\.csv"),
        (_twice_the_same, r"the record_id on line \d+ stands on an earlier line too"),
        (_not_unicode, r"schools\.csv"),
    ],
)
def test_a_feed_that_can_not_be_loaded_is_refused_with_2(
    loaded: Command, own_feed: Path, feed: Path, spoil: Callable[[Path], None], sentence: str
) -> None:
    spoil(own_feed)
    ended = loaded.done("import", own_feed, code=2)
    [error] = [line for line in ended.err.splitlines() if line.startswith("Error: ")]
    assert re.search(sentence, error)
    assert "Nothing changed." in loaded.done("import", feed).out


def test_a_feed_that_is_not_there_leaves_no_report(loaded: Command, tmp_path: Path) -> None:
    loaded.done("import", tmp_path / "feeds" / "nowhere", code=2)
    assert not (tmp_path / "feeds").exists()


def test_what_a_complete_feed_leaves_out_is_gone_once_that_is_allowed(loaded: Command, own_feed: Path) -> None:
    rows = records(own_feed)
    left_out = len(rows) // 2
    write(own_feed, rows[left_out:])
    assert "Nothing changed." in loaded.done("import", own_feed).out
    ended = loaded.done("import", own_feed, "--complete", code=2)
    assert f"leaves out {left_out} of the {len(rows)} training records, more than 10 %" in ended.err
    ended = loaded.done("import", own_feed, "--complete", "--allow-deletions")
    assert f"{left_out} removed" in ended.out


def without_agreements_of(feed: Path, partner_id: str) -> None:
    path = feed / "agreements.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if partner_id not in line), encoding="utf-8")


def test_what_lets_users_newly_see_too_much_ends_with_2_until_that_is_allowed(
    loaded: Command, feed: Path, own_feed: Path
) -> None:
    add(loaded, *partner())
    without_agreements_of(own_feed, NORTH_HUB)
    loaded.done("import", own_feed, "--complete")
    ended = loaded.done("import", feed, code=2)
    assert "Error: The feed would let users newly see more than 10 % of what they see." in ended.err
    assert f"({NORTH_HUB}), from " in ended.err
    assert "Nothing was loaded. If they may see them, allow wider access." in ended.err
    assert recorded(loaded, AuditKind.WIDER_ACCESS_REFUSED) == 1
    ended = loaded.done("import", feed, "--allow-wider-access")
    assert re.search(rf"^Access widened:   .* \({NORTH_HUB}\), from .*, beside 0; users: 1$", ended.out, re.MULTILINE)
    assert recorded(loaded, AuditKind.ACCESS_WIDENED) == 1
    assert "Access widened" not in loaded.done("import", feed).out


def test_what_is_ignored_is_warned_of(loaded: Command, own_feed: Path) -> None:
    (own_feed / "nonsense.csv").write_text("a,b\n")
    assert "Warning: nonsense.csv is not a file of a feed: it is ignored." in loaded.done("import", own_feed).err


def test_a_report_that_can_not_be_written_ends_with_3_and_loads_nothing(
    checkdata: Command, feed: Path, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("")
    ended = checkdata.done("import", feed, "--report", tmp_path / "taken", code=3)
    assert f"The report can't be written to {tmp_path / 'taken'}" in ended.err
    assert " 0 unchanged" in checkdata.done("import", feed, "--report", tmp_path / "report").out


def test_an_import_into_a_database_that_is_not_migrated_ends_with_3(unmigrated: Command, feed: Path) -> None:
    ended = unmigrated.done("import", feed, code=3)
    assert ended.err.startswith("Error: The database does not have the tables of this version. Run checkdata migrate.")


def test_a_refresh_derives_what_the_days_have_changed_and_back(loaded: Command) -> None:
    assert loaded.done("refresh").out == "Nothing changed.\n"
    assert re.fullmatch(
        r"[1-9]\d* rows of the listings changed\.\n", loaded.done("refresh", "--today", "2099-01-01").out
    )
    assert loaded.done("refresh", "--today", "2099-01-01").out == "Nothing changed.\n"
    assert "changed." in loaded.done("refresh").out


def test_statuses_are_derived_for_the_day_that_is_told(checkdata: Command, feed: Path, tmp_path: Path) -> None:
    checkdata.done("import", feed, "--today", "2099-01-01", "--report", tmp_path / "report")
    assert checkdata.done("refresh", "--today", "2099-01-01").out == "Nothing changed.\n"


def test_an_import_leaves_the_processors_to_those_who_read(checkdata: Command, own_feed: Path) -> None:
    (own_feed / TRAINING).unlink()
    os.mkfifo(own_feed / TRAINING)
    with checkdata.started("import", own_feed) as importing, (own_feed / TRAINING).open("w", encoding="utf-8"):
        # Opened for writing, the file is open for reading too: the import is at its work.
        assert os.getpriority(os.PRIO_PROCESS, importing.pid) > os.getpriority(os.PRIO_PROCESS, 0)
        importing.kill()
