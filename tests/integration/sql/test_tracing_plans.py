"""Who has seen a participant is asked of a log of millions: no question reads all of the log, or all receipts."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any, Final

import pytest
from attrs import evolve
from sqlalchemy import Connection, Engine, event, make_url, text

from checkdata.adapters.sql import SqlStorage
from checkdata.domain.access.scope import Scope, rules_in_words, scope_as_recorded
from checkdata.domain.audit import held_files, tracing
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.audit.tracing import SightingKind
from checkdata.domain.people.agreement_history import BEFORE_HISTORY, AgreementVersion
from checkdata.domain.services.audit.find_wrongly_seen import FindWronglySeen, WronglySeenQuery
from checkdata.domain.services.audit.trace import Trace
from checkdata.domain.training.states import TrainingState
from checkdata.domain.values import ParticipantId, UserId
from checkdata.testing._suites.people import an_agreement
from tests.contracts.listings import a_record, load, with_listings
from tests.contracts.operators import EVERY_LEAD_PROVIDER, NORTH
from tests.contracts.test_receipts import a_receipt
from tests.contracts.units_of_work import read, write
from tests.storages import opened
from tests.strategies import NOON

LARGE: Final = ("audit_events", "receipts")
INDEXES: Final = (
    "ix_audit_events_organisation_id",
    "ix_audit_events_participant_id",
    "ix_audit_events_views",
    "ix_audit_events_long_views",
    "ix_receipts_organisation_id",
)
FILLED: Final = {
    "sqlite": "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 20000)",
    "postgresql": "WITH n AS (SELECT generate_series(1, 20000) AS n)",
}
EVENTS: Final = """
    INSERT INTO audit_events (kind, at, actor, role, organisation_id, participant_id, details)
    {numbers} SELECT CASE n % 10 WHEN 0 THEN 'participant_viewed' ELSE 'list_viewed' END, '{at}', 'u' || (n % 100),
        'delivery_partner', CASE n % 200 WHEN 1 THEN 'north' ELSE 'o' || (n % 200) END,
        CASE n % 10 WHEN 0 THEN 'p' || n END, '{{"searched": false}}' FROM n
"""
RECEIPTS: Final = """
    INSERT INTO receipts (sha256, size, kind, at, role, organisation_id, rows, asked, scope)
    {numbers} SELECT 'x' || n, 1, 'csv', '{at}', 'delivery_partner', 'o' || (n % 200), 0,
        '{{"filters": {{}}, "searched": false}}', '{{"agreements": [], "rules": [], "version": 1}}' FROM n
"""

Plans = dict[str, list[str]]


@pytest.fixture
def filled(storage: SqlStorage, engine: Engine) -> SqlStorage:
    return fill(storage, engine)


def fill(storage: SqlStorage, engine: Engine) -> SqlStorage:
    """Listings, and a log in which one event in two hundred is one of North's."""
    with_listings(storage)
    numbers = FILLED[engine.dialect.name]
    with engine.begin() as connection:
        for statement in (EVENTS, RECEIPTS):
            connection.execute(text(statement.format(numbers=numbers, at=f"{NOON:%Y-%m-%d %H:%M:%S.%f}")))
        connection.execute(text("ANALYZE"))
    return storage


@pytest.fixture
def plans() -> Iterator[Plans]:
    """How the database answers each question from now on that is about one of the large tables."""
    found: Plans = {}

    def look(connection: Connection, cursor: Any, statement: str, parameters: Any, *_: object) -> None:  # noqa: ANN401
        if statement.startswith("SELECT") and any(table in statement for table in LARGE):
            explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
            with closing(cursor.connection.cursor()) as beside:
                plan = beside.execute(f"{explain} {statement}", parameters).fetchall()
                found[statement] = [str(step[-1]) for step in plan]

    event.listen(Engine, "before_cursor_execute", look)
    yield found
    event.remove(Engine, "before_cursor_execute", look)


def _of_sqlite(plan: list[str]) -> list[str]:
    """The large tables that a plan reads from end to end."""
    return [step for step in plan if step.startswith("SCAN") and step.split()[1] in (*LARGE, "sent")]


def _of_postgresql(plan: list[str]) -> list[str]:
    """The steps that read a large table whole, or by an index that others are made for."""
    steps = [step for step in plan if any(table in step for table in LARGE) and "Scan" in step]
    return [step for step in steps if "Bitmap Heap Scan" not in step and not any(name in step for name in INDEXES)]


def test_no_question_of_who_has_seen_a_participant_reads_the_whole_log(
    filled: SqlStorage, engine: Engine, plans: Plans
) -> None:
    wrong: Callable[[list[str]], list[str]] = _of_sqlite if engine.dialect.name == "sqlite" else _of_postgresql
    found = Trace(storage=filled, clock=lambda: NOON).seen(ParticipantId("p0"))
    assert {each.first.how for each in found.possibly} == {SightingKind.LIST}
    assert len(plans) >= len(LARGE)
    assert {statement: wrong(plan) for statement, plan in plans.items() if wrong(plan)} == {}


def test_postgresql_reads_views_from_an_index_that_holds_all_that_is_asked_of_them(
    postgresql_storage: SqlStorage, migrated_postgresql_url: str, plans: Plans
) -> None:
    fill(postgresql_storage, postgresql_storage.engine)
    plans.clear()
    large = make_url(migrated_postgresql_url).update_query_dict({"options": "-c enable_bitmapscan=off"})
    with opened(large.render_as_string(hide_password=False)) as engine:
        Trace(storage=SqlStorage(engine), clock=lambda: NOON).seen(ParticipantId("p0"))
    steps = [step for plan in plans.values() for step in plan if "ix_audit_events_views" in step]
    assert len(steps) == 1
    assert "Index Only Scan" in steps[0]


def test_a_scope_is_made_once_for_all_the_views_and_once_for_all_the_files_under_it(
    storage: SqlStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_listings(storage)
    shown = read(storage, lambda work: work.participants.as_of())
    assert shown is not None
    viewed = {"rules": rules_in_words(EVERY_LEAD_PROVIDER)}
    users = [UserId(f"u{number}") for number in range(20)]
    file = a_receipt(import_id=shown.id, rules=EVERY_LEAD_PROVIDER, filters={}, participants=None)
    view = AuditEvent(
        kind=AuditKind.LIST_VIEWED,
        at=NOON,
        role=NORTH.role,
        organisation_id=NORTH.id,
        import_id=shown.id,
        details=viewed,
    )
    write(storage, lambda work: work.receipts.add(*(evolve(file, actor=user) for user in users)))
    write(storage, lambda work: work.audit.record(*(evolve(view, actor=user) for user in users)))
    made = []

    def scope(*asked: Any) -> Scope:  # noqa: ANN401 - of any scope
        made.append(asked)
        return scope_as_recorded(*asked)

    monkeypatch.setattr(tracing, "scope_as_recorded", scope)
    monkeypatch.setattr(held_files, "scope_as_recorded", scope)
    found = Trace(storage=storage, clock=lambda: NOON).seen(ParticipantId("p0"))
    assert (len(found.certainly), len(found.possibly), len(made)) == (20, 20, 2)


@pytest.mark.parametrize(
    ("state", "query"),
    [
        pytest.param(TrainingState.WITHDRAWN_TRAINING, WronglySeenQuery(), id="no longer involved"),
        pytest.param(TrainingState.JOINING, WronglySeenQuery(agreement_id="a1"), id="another reason is asked for"),
    ],
)
def test_whom_partners_saw_wrongly_asks_nothing_about_each_participant_who_only_left(
    storage: SqlStorage, engine: Engine, state: TrainingState, query: WronglySeenQuery
) -> None:
    known = AgreementVersion(agreement=an_agreement(), recorded_at=BEFORE_HISTORY)
    write(storage, lambda work: work.agreement_history.add([known]))
    numbers = []
    for left in (2, 5):
        load(storage, a_record(99), *map(a_record, range(left)), state=state)
        load(storage, a_record(99), state=state)
        with questions(engine) as asked:
            assert FindWronglySeen(storage=storage, clock=lambda: NOON).find(query) == []
        numbers.append(len(asked))
    assert numbers[0] == numbers[1]


@contextmanager
def questions(engine: Engine) -> Iterator[list[str]]:
    """The questions about participants that are asked from now on."""
    asked: list[str] = []

    def note(_: Connection, __: object, statement: str, *___: object) -> None:
        if "partner_history" in statement:
            asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)
