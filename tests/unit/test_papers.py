"""docs/papers/what-is-kept.md says of every event, table, logger and retention what the code has."""

from typing import Final

import pytest

from tests.papers.stored import LOGGERS, STORED
from tests.papers.tables import DOCUMENT, TABLES, loggers_of_code, tables

KEPT: Final = DOCUMENT.read_text("utf-8")


@pytest.mark.parametrize("name", TABLES)
def test_the_document_has_the_table_that_the_code_makes(name: str) -> None:
    assert f"<!-- {name} -->\n\n{TABLES[name]()}\n" in KEPT, "make it again: .venv/bin/python -m tests.papers"


def test_every_table_and_every_logger_is_told_of_and_no_other() -> None:
    assert set(STORED) == {table.name for table in tables()}
    assert set(LOGGERS) == loggers_of_code()
