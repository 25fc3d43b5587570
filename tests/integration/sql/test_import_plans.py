"""What an import costs grows with the feed, not with its square: on SQLite, which plans a join as loops in loops."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Connection, Engine, event

from checkdata.adapters.sql import SqlStorage
from checkdata.domain.access.scope import Scope
from tests.contracts.operators import EVERY_LEAD_PROVIDER, NORTH, Operator, row
from tests.feeds import REFERENCES, write_feed, write_file
from tests.strategies import TODAY, day

SMALL: Final = {"imports", "delivery_partners", "appropriate_bodies", "lead_providers", "agreements"}
"""Tables that no number of participants makes larger."""

Loops = dict[str, list[str]]


@pytest.fixture
def loops() -> Iterator[Loops]:
    """The statements asked of SQLite from now on in which one table is read whole for each row of another."""
    found: Loops = {}

    def look(_: Connection, cursor: Any, statement: str, parameters: Any, *__: object) -> None:  # noqa: ANN401
        if statement.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
            values = parameters[0] if isinstance(parameters, list) else parameters
            with closing(cursor.connection.cursor()) as beside:
                plan = beside.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
            if steps := loops_in_loops(plan):
                found[statement] = steps

    event.listen(Engine, "before_cursor_execute", look)
    yield found
    event.remove(Engine, "before_cursor_execute", look)


def loops_in_loops(plan: list[tuple[int, int, int, str]]) -> list[str]:
    """The steps of a plan that stand inside another and read a table from end to end."""
    scans = [(parent, step) for _, parent, _, step in plan if step.startswith("SCAN") and step.split()[1] not in SMALL]
    beside = Counter(parent for parent, _ in scans)
    return [step for parent, step in scans if beside[parent] > 1]


def test_no_statement_of_an_import_reads_one_table_whole_for_each_row_of_another(
    sqlite_storage: SqlStorage, tmp_path: Path, loops: Loops
) -> None:
    operator = Operator(sqlite_storage, write_feed(tmp_path / "feed", references=REFERENCES))
    operator.write(*(row(record_id=f"r{number}") for number in range(9)))
    operator.load()
    changed = row(record_id="r1", training_status="withdrawn")
    operator.write(changed, *(row(record_id=f"r{number}") for number in range(2, 12)))
    operator.load(complete=True, allow_deletions=True)
    assert loops == {}


def test_the_names_of_schools_that_are_gone_are_read_at_once_not_for_each_count(
    sqlite_storage: SqlStorage, tmp_path: Path
) -> None:
    operator = Operator(sqlite_storage, write_feed(tmp_path / "feed", references=REFERENCES))
    operator.write(row(participant_id="p", starts_on="2015-09-01"))
    operator.load()
    shown = operator.listed()[0].school
    ended = row(participant_id="p", starts_on="2015-09-01", ends_on=day(-401).isoformat(), school_urn="100002")
    operator.write(ended, ended | {"record_id": "r2", "delivery_partner_id": "both", "ends_on": ""})
    write_file(operator.folder, "schools", [{"urn": "100002", "name": "The only one"}])
    plans: list[str] = []

    def look(_: Connection, cursor: Any, statement: str, parameters: Any, *__: object) -> None:  # noqa: ANN401
        if statement.startswith("INSERT INTO partner_schools"):
            with closing(cursor.connection.cursor()) as beside:
                plans.extend(step for *_, step in beside.execute(f"EXPLAIN QUERY PLAN {statement}", parameters))

    event.listen(Engine, "before_cursor_execute", look)
    try:
        operator.load(TODAY, complete=True, allow_deletions=True)
    finally:
        event.remove(Engine, "before_cursor_execute", look)
    assert any("school_names" in step for step in plans)
    assert not any(step.startswith("CORRELATED") for step in plans)
    with sqlite_storage.reading() as work:
        counted = work.counts.of_schools(Scope(organisation=NORTH, rules=EVERY_LEAD_PROVIDER))
    assert [(school.urn, school.name) for school in counted] == [("100001", shown)]
