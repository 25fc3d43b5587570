"""``checkdata check-trns`` against a Teaching Record System on this machine."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from checkdata.adapters.sql import SqlStorage
from checkdata.domain.jobs import Job
from tests.contracts.operators import Operator, row
from tests.contracts.units_of_work import read
from tests.feeds import REFERENCES, TEACHER, teacher_row, write_feed, write_file
from tests.integration.cli.command import Command
from tests.integration.trs.trs_server import KEY, Trs, problem, trs_server
from tests.storages import opened

OPEN = {"trn_validated": "", "eligibility": "", "date_of_birth": TEACHER.date_of_birth.isoformat()}
SEVERAL_LOTS = [f"{number:07}" for number in range(1, 1101)]


@pytest.fixture
def trs() -> Iterator[Trs]:
    with trs_server() as running:
        yield running


@pytest.fixture
def operator(migrated_sqlite_url: str, tmp_path: Path) -> Iterator[Operator]:
    with opened(migrated_sqlite_url) as engine:
        yield Operator(SqlStorage(engine), write_feed(tmp_path / "feed", references=REFERENCES))


@pytest.fixture
def asking(command: Command, migrated_sqlite_url: str, trs: Trs) -> Command:
    command.variables |= {
        "CHECKDATA_DATABASE_URL": migrated_sqlite_url,
        "CHECKDATA_TRS_URL": trs.url,
        "CHECKDATA_TRS_KEY": KEY,
    }
    return command


def load(operator: Operator, *trns: str) -> None:
    operator.write(*(row(**OPEN, record_id=f"r{trn}") | {"trn": trn} for trn in trns))
    operator.load()


def test_what_was_answered_is_counted_and_shown(operator: Operator, asking: Command, trs: Trs) -> None:
    load(operator, "0000001", "0000002", "0000003")
    trs.put("0000001", "0000002")
    trs.deactivated.add("0000002")
    ended = asking.done("check-trns")
    assert "TRNs: 1 found, 1 unknown, 1 deactivated" in ended.out
    assert sorted(listed.trn for listed in operator.listed()) == ["", "", "0000001"]
    assert "TRNs: none to ask about" in asking.done("check-trns").out
    assert Job.TRNS in read(operator.storage, lambda work: work.job_runs.last())


def test_an_extract_is_asked_where_there_is_one(operator: Operator, asking: Command, trs: Trs) -> None:
    load(operator, TEACHER.trn)
    write_file(operator.folder, "teacher_records", [teacher_row(TEACHER)])
    assert "TRNs: 1 found" in asking.done("check-trns", "--extract", operator.folder).out
    assert [listed.trn for listed in operator.listed()] == [TEACHER.trn]
    assert trs.asked == []
    assert Job.TRNS not in read(operator.storage, lambda work: work.job_runs.last())


def test_one_that_is_not_answered_is_told_by_the_exit_code(operator: Operator, asking: Command, trs: Trs) -> None:
    load(operator, "0000001", "0000002")
    trs.put("0000001", "0000002")
    trs.refused.add("0000002")
    assert "TRNs: 1 found, 1 not answered" in asking.done("check-trns", code=1).out


def test_a_key_that_is_missing_or_refused_is_told_as_a_setting(operator: Operator, asking: Command, trs: Trs) -> None:
    load(operator, "0000001")
    trs.answers = [problem(401, "x")]
    assert "CHECKDATA_TRS_KEY" in asking.done("check-trns", code=2).err
    del asking.variables["CHECKDATA_TRS_KEY"]
    assert "CHECKDATA_TRS_KEY" in asking.done("check-trns", code=2).err


def test_a_check_that_is_killed_in_the_middle_goes_on_from_there(operator: Operator, asking: Command, trs: Trs) -> None:
    load(operator, *SEVERAL_LOTS)
    trs.put(*SEVERAL_LOTS)
    trs.hold_from = 3
    with asking.started("check-trns") as process:
        assert trs.holding.wait(60)
        process.send_signal(signal.SIGKILL)
        assert process.wait(60) == -signal.SIGKILL
    trs.hold_from = None
    trs.go_on.set()
    assert {listed.trn for listed in operator.listed()} == {""}
    asked_before = [trn for lot in trs.lots[:2] for trn in lot]
    del trs.lots[:]
    assert "TRNs: 100 found" in asking.done("check-trns").out
    assert sorted([*asked_before, *(trn for lot in trs.lots for trn in lot)]) == SEVERAL_LOTS
    assert {listed.trn for listed in operator.listed()} == set(SEVERAL_LOTS)
