"""A scope in another service's tables: every translation gives the rows that `Scope.covers` gives, or an error."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import product
from types import SimpleNamespace
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Connection, Engine, MetaData, Table, create_engine, select, text
from sqlalchemy import types as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from checkdata import AppropriateBody, DeliveryPartner, LeadProviderId, Scope, SupportTeam, raw_sql, sql
from checkdata.domain.access.scope import ScopeRule
from checkdata.predicates import from_json, holds, to_json
from tests.integration.sql.planted_faults import (
    FAULTS,
    IN_RAW_SQL,
    IN_SQLALCHEMY,
    SCOPES,
    Compare,
    Fault,
    Translation,
    by_the_collation,
    folding_case,
)

IDS: Final = (None, "", " ", "a", "A", "a ", "É", "É%", "12")
YEARS: Final = (None, 0, 2021, 2022)
FIELDS: Final = ("delivery_partner_id", "lead_provider_id", "academic_year", "appropriate_body_id", "role")
ROWS: Final = [
    *((partner, lead, year, None, None) for partner, lead, year in product(IDS, IDS, YEARS)),
    *((None, None, None, body, role) for body, role in product(IDS, (None, "", "ect", "ECT", "mentor"))),
]


class Base(DeclarativeBase):
    pass


class Trainee(Base):
    """Mapped as a service's own."""

    __tablename__ = "trainees"
    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_partner_id: Mapped[str | None] = mapped_column(sa.Text)
    lead_provider_id: Mapped[str | None] = mapped_column(sa.Text)
    academic_year: Mapped[int | None]
    appropriate_body_id: Mapped[str | None] = mapped_column(sa.Text)
    role: Mapped[str | None] = mapped_column(sa.Text)


HOSTILE: Final = {
    "sqlite": ["TEXT", "TEXT COLLATE NOCASE", "TEXT COLLATE RTRIM", "BLOB", ""],
    "postgresql": ["text", "varchar(9)", "citext", "text COLLATE folded", "char(2)"],
}
"""Types whose own comparison is not Python's, or is."""

COLUMNS: Final = {field: getattr(Trainee, field) for field in FIELDS}
NAMES: Final = {field: f"trainees.{field}" for field in FIELDS}
some_ids = st.sampled_from([value for value in IDS if value and value == value.strip()])
bounds = st.none() | st.sampled_from([2020, 2021, 2022, 2023])
rules = st.builds(
    ScopeRule,
    lead_provider_id=st.none() | some_ids.map(LeadProviderId),
    first_academic_year=bounds,
    last_academic_year=bounds,
)
scopes: st.SearchStrategy[Scope] = (
    st.builds(Scope, organisation=st.builds(DeliveryPartner, some_ids), rules=st.lists(rules, max_size=3).map(tuple))
    | st.builds(Scope, organisation=st.builds(AppropriateBody, some_ids))
    | st.just(Scope(organisation=SupportTeam()))
)


def make_table(connection: Connection, kind: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("CREATE EXTENSION IF NOT EXISTS citext"))
        connection.execute(
            text("CREATE COLLATION folded (provider = icu, locale = 'und-u-ks-level1', deterministic = false)")
        )
    columns = ", ".join(f"{field} {'integer' if field == 'academic_year' else kind}" for field in FIELDS)
    connection.execute(text(f"CREATE TABLE trainees (id integer PRIMARY KEY, {columns})"))
    values = ", ".join(f":{field}" for field in FIELDS)
    connection.execute(
        text(f"INSERT INTO trainees (id, {', '.join(FIELDS)}) VALUES (:id, {values})"),  # noqa: S608 - of our own words
        [{"id": number, **dict(zip(FIELDS, _fitting(row, kind), strict=True))} for number, row in enumerate(ROWS)],
    )


def _fitting(row: Sequence[Any], kind: str) -> Sequence[Any]:
    """What a column of two characters holds."""
    return [value[:2] if kind == "char(2)" and isinstance(value, str) else value for value in row]


@pytest.fixture(params=range(5))
def connection(empty_engine: Engine, request: pytest.FixtureRequest) -> Iterator[Connection]:
    with empty_engine.connect() as connection, connection.begin() as transaction:
        make_table(connection, HOSTILE[connection.dialect.name][request.param])
        yield connection
        transaction.rollback()


def covered(connection: Connection, scope: Scope) -> list[int]:
    rows = connection.execute(text("SELECT * FROM trainees ORDER BY id")).all()
    return [row.id for row in rows if scope.covers(row)]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(scope=scopes, style=st.sampled_from(["?", "named"]))
def test_every_translation_gives_the_rows_that_are_covered(connection: Connection, scope: Scope, style: str) -> None:
    expected = covered(connection, scope)
    condition = sql.where(scope, COLUMNS, dialect=connection.dialect.name)
    assert list(connection.scalars(select(Trainee.id).where(condition).order_by(Trainee.id))) == expected
    assert _found_by_text(connection, scope, style) == expected
    sent = from_json(json.loads(json.dumps(to_json(scope.predicate))))
    assert sent == scope.predicate
    rows = connection.execute(text("SELECT * FROM trainees ORDER BY id")).all()
    assert [row.id for row in rows if holds(sent, row)] == expected


def _found_by_text(connection: Connection, scope: Scope, style: str) -> list[int]:
    if connection.dialect.name == "sqlite":
        condition, values = raw_sql.where(scope, NAMES, "qmark" if style == "?" else "named")
    else:
        condition, values = raw_sql.where(scope, NAMES, "format" if style == "?" else "pyformat")
    found = connection.exec_driver_sql(f"SELECT id FROM trainees WHERE {condition} ORDER BY id", values)  # noqa: S608
    return [row.id for row in found]


PARTNER: Final = Scope(
    organisation=DeliveryPartner("12"),
    rules=(ScopeRule(lead_provider_id=LeadProviderId("12"), first_academic_year=2021),),
)
TYPES: Final[dict[str, sa.TypeEngine[Any]]] = {
    "delivery_partner_id": sa.Text(),
    "lead_provider_id": sa.Text(),
    "academic_year": sa.Integer(),
}


def table_of(**kinds: sa.TypeEngine[Any]) -> dict[str, Column[Any]]:
    return dict(Table("t", MetaData(), *(Column(name, kind) for name, kind in kinds.items())).c.items())


@pytest.mark.parametrize("dialect", [None, "sqlite", "postgresql"])
@pytest.mark.parametrize(
    ("field", "kind"),
    [
        ("lead_provider_id", sa.Integer()),
        ("lead_provider_id", sa.Uuid()),
        ("lead_provider_id", sa.NullType()),
        ("delivery_partner_id", sa.LargeBinary()),
        ("academic_year", sa.Text()),
        ("academic_year", sa.Float()),
    ],
)
def test_a_column_of_another_type_is_an_error_that_names_the_field(
    field: str, kind: sa.TypeEngine[Any], dialect: str | None
) -> None:
    with pytest.raises(TypeError, match=f"^{field}: expected a column of type"):
        sql.where(PARTNER, table_of(**{**TYPES, field: kind}), dialect=dialect)


@pytest.mark.parametrize("missing", TYPES)
def test_every_field_that_a_role_may_need_is_demanded_even_if_no_rule_of_today_reads_it(missing: str) -> None:
    scope = Scope(organisation=DeliveryPartner("north"))
    columns = {name: column for name, column in table_of(**TYPES).items() if name != missing}
    with pytest.raises(TypeError, match=f"columns: no column for {missing}"):
        sql.where(scope, columns)
    with pytest.raises(TypeError, match=f"columns: no column for {missing}"):
        raw_sql.where(scope, {name: name for name in columns}, "qmark")


def test_a_dialect_whose_texts_may_compare_in_any_way_is_an_error() -> None:
    columns = table_of(**TYPES)
    with pytest.raises(TypeError, match="dialect: expected sqlite or postgresql, not mysql"):
        sql.where(PARTNER, columns, dialect="mysql")
    with pytest.raises(TypeError, match="dialect: expected sqlite or postgresql, not mysql"):
        str(sql.where(PARTNER, columns).compile(dialect=mysql.dialect()))
    with pytest.raises(TypeError, match="dialect: expected sqlite or postgresql, not mysql"):
        raw_sql.where(PARTNER, {name: name for name in TYPES}, "format", dialect="mysql")
    with pytest.raises(TypeError, match="paramstyle: expected qmark"):
        raw_sql.where(PARTNER, {name: name for name in TYPES}, "dollars")  # type: ignore[call-overload]


def test_a_scope_of_another_type_is_an_error() -> None:
    with pytest.raises(TypeError, match="scope: expected Scope, not DeliveryPartner"):
        sql.where(DeliveryPartner("a"), {})  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["INTEGER", "NUMERIC", "REAL"])
def test_a_number_is_no_id_in_raw_sql_on_sqlite_either(kind: str) -> None:
    with sqlite3.connect(":memory:") as connection:
        connection.row_factory = sqlite3.Row
        connection.execute(f"CREATE TABLE trainees ({', '.join(f'{name} {kind}' for name in TYPES)})")
        connection.execute("INSERT INTO trainees VALUES (12, 12, 2021)")
        condition, values = raw_sql.where(PARTNER, {name: name for name in TYPES}, "qmark")
        assert connection.execute(f"SELECT * FROM trainees WHERE {condition}", values).fetchall() == []  # noqa: S608
    connection.close()
    assert not PARTNER.covers(SimpleNamespace(delivery_partner_id=12, lead_provider_id=12, academic_year=2021))


class InWords(Enum):
    ECT = "ect"
    MENTOR = "mentor"


@pytest.mark.parametrize(("kind", "stored"), [(sa.Enum(InWords), "ECT"), (sa.Enum("ect", "mentor"), "ect")])
def test_an_enum_is_compared_by_its_value_however_it_is_stored(
    empty_engine: Engine, kind: sa.Enum, stored: str
) -> None:
    kind.name = "kind_of_teacher"
    table = Table("t", MetaData(), Column("body", sa.Text), Column("role", kind))
    scope = Scope(organisation=AppropriateBody("b"))
    with empty_engine.connect() as connection, connection.begin() as transaction:
        table.create(connection)
        for name in ("ECT", "MENTOR") if kind.enum_class else ("ect", "mentor"):
            connection.execute(table.insert(), {"body": "b", "role": name})
        condition = sql.where(scope, {"appropriate_body_id": table.c.body, "role": table.c.role})
        found = connection.execute(select(table.c.role).where(condition)).scalars().all()
        assert [getattr(role, "name", role) for role in found] == [stored]
        transaction.rollback()


@pytest.mark.parametrize(
    ("style", "ends"),
    [("numeric_dollar", "academic_year >= $5)"), ("numeric", "academic_year >= :5)")],
)
def test_numbered_parameters_begin_where_they_are_told(style: Any, ends: str) -> None:  # noqa: ANN401 - a style
    condition, values = raw_sql.where(PARTNER, {name: name for name in TYPES}, style, first=3)
    assert list(values) == ["12", "12", 2021]
    assert ends in condition


@pytest.fixture
def without_case() -> Iterator[Connection]:
    """A database in SQLite whose columns compare without case."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        make_table(connection, "TEXT COLLATE NOCASE")
        yield connection
    engine.dispose()


def notices(connection: Connection) -> bool:
    """Whether the suite of all translations finds one of them wrong."""
    suite = test_every_translation_gives_the_rows_that_are_covered.hypothesis.inner_test  # type: ignore[attr-defined]
    try:
        for scope, style in product(SCOPES, ("?", "named")):
            suite(connection, scope, style)
    except AssertionError:
        return True
    return False


def test_without_a_fault_the_suite_finds_none(without_case: Connection) -> None:
    assert not notices(without_case)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__.strip("_"))
@pytest.mark.parametrize("translation", [IN_SQLALCHEMY, IN_RAW_SQL], ids=["sqlalchemy", "raw_sql"])
def test_the_suite_notices_a_fault_that_is_planted(
    without_case: Connection, monkeypatch: pytest.MonkeyPatch, translation: Translation, fault: Fault
) -> None:
    for name, wrong in fault(translation).items():
        monkeypatch.setattr(translation.condition, name, wrong)
    assert notices(without_case)


@pytest.mark.parametrize("wrong", [folding_case, by_the_collation])
@pytest.mark.parametrize("translation", [IN_SQLALCHEMY, IN_RAW_SQL], ids=["sqlalchemy", "raw_sql"])
def test_the_suite_notices_texts_that_are_compared_without_case(
    without_case: Connection, monkeypatch: pytest.MonkeyPatch, translation: Translation, wrong: Compare
) -> None:
    monkeypatch.setattr(translation.module, "same_text", wrong)
    assert notices(without_case)
