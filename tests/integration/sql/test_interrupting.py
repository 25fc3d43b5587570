"""A statement that runs is ended from another thread, and its connection is not used again."""

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Final

import pytest
from sqlalchemy import Engine, TextClause, text
from sqlalchemy.pool import QueuePool

from checkdata.adapters.sql.transaction import Transaction, TransactionKind
from checkdata.domain.errors import StorageUnavailable
from tests.integration.web.stalled_client import wait_for

FOR_EVER: Final = {
    "postgresql": text("SELECT pg_sleep(600)"),
    "sqlite": text("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n"),
}


def run_it(transaction: Transaction, statement: TextClause) -> None:
    transaction.execute(statement).all()


def interrupted(transaction: Transaction, asked: Future[None]) -> bool:
    """Whether it ended; told again, because the first time may come before the statement has begun."""
    with suppress(StorageUnavailable):
        transaction.interrupt()
    return asked.done()


def test_a_statement_that_runs_is_ended_and_its_connection_is_not_used_again(engine: Engine) -> None:
    transaction = Transaction(engine, TransactionKind.READING)
    transaction.begin()
    driver = transaction.connection.connection.driver_connection
    with ThreadPoolExecutor(1) as asking:
        asked = asking.submit(run_it, transaction, FOR_EVER[engine.dialect.name])
        wait_for(lambda: interrupted(transaction, asked))
        with pytest.raises(StorageUnavailable):
            asked.result()
    transaction.end()
    assert isinstance(engine.pool, QueuePool)
    with engine.connect() as another:
        assert another.connection.driver_connection is not driver
        assert another.execute(text("SELECT 1")).scalar_one() == 1
