"""What an import costs grows with the feed, not with its square: on SQLite, which plans a join as loops in loops."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Connection, Engine, event

from checkdata.adapters.sql import SqlStorage
from tests.contracts.operators import Operator, row
from tests.feeds import REFERENCES, write_feed

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
