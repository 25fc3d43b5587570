"""docs/papers/what-is-kept.md says of every event, table, logger and retention what the code has."""

from typing import Final

import pytest

from tests.documents import DOCS
from tests.papers.stored import LOGGERS, STORED
from tests.papers.tables import TABLES, loggers_of_code, tables

KEPT: Final = (DOCS / "papers" / "what-is-kept.md").read_text("utf-8")


@pytest.mark.parametrize("name", TABLES)
def test_the_document_has_the_table_that_the_code_makes(name: str) -> None:
    assert TABLES[name]() in KEPT, "make it with: .venv/bin/python -m tests.papers"


def test_every_table_and_every_logger_is_told_of_and_no_other() -> None:
    assert set(STORED) == {table.name for table in tables()}
    assert set(LOGGERS) == loggers_of_code()
