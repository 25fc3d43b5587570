"""An import killed at any moment leaves all of the feed or none of it (feed.md, *What a bad feed gets*)."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from checkdata.adapters.sql import SqlStorage, open_engine
from tests.contracts.operators import Operator, row
from tests.feeds import REFERENCES, TEACHER, teacher_row, write_feed, write_file
from tests.integration.killed_import import COMMIT, LATER, ROWS_BEFORE_THE_KILL, ROWS_READ, STEPS


@pytest.fixture
def operator(migrated_url: str, tmp_path: Path) -> Iterator[Operator]:
    """A feed was imported; another, that changes everything, is in the folder."""
    engine = open_engine(migrated_url)
    operator = Operator(SqlStorage(engine), write_feed(tmp_path / "feed", references=REFERENCES))
    operator.write(row(), row(record_id="gone"))
    operator.load()
    write_file(operator.folder, "schools", [{"urn": "100001", "name": "Renamed"}, {"urn": "100009", "name": "New"}])
    write_file(operator.folder, "teacher_records", [teacher_row(TEACHER)])
    operator.write(row(full_name="Changed"), row(record_id="added"))
    yield operator
    engine.dispose()


def killed(migrated_url: str, operator: Operator, step: str) -> None:
    """Import in a process of its own, which must have killed itself."""
    command = [sys.executable, "-m", "tests.integration.killed_import", migrated_url, str(operator.folder), step]
    done = subprocess.run(command, check=False)  # noqa: S603 - this interpreter
    assert done.returncode == -signal.SIGKILL


def test_an_import_killed_before_it_is_committed_leaves_nothing(migrated_url: str, operator: Operator) -> None:
    before = operator.everything()
    for step in STEPS:
        killed(migrated_url, operator, step)
        assert operator.everything() == before
    assert operator.load(complete=True, allow_deletions=True).records.added == 1


def test_an_import_killed_between_its_rows_leaves_nothing(migrated_url: str, operator: Operator) -> None:
    before = operator.everything()
    operator.write(*(row(record_id=f"r{number}") for number in range(ROWS_BEFORE_THE_KILL + 2)))
    killed(migrated_url, operator, ROWS_READ)
    assert operator.everything() == before


def test_an_import_killed_after_it_is_committed_leaves_all(migrated_url: str, operator: Operator) -> None:
    killed(migrated_url, operator, COMMIT)
    assert {(listed.full_name, listed.school) for listed in operator.listed()} == {
        ("Changed", "Renamed"),
        ("Zoë O'Neill", "Renamed"),
    }
    as_of = operator.as_of()
    assert as_of is not None
    assert as_of.at == LATER
    assert not operator.load(LATER.date(), complete=True).changed
