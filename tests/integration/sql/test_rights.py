"""On PostgreSQL the service's role may do what the table of rights says, column by column, and nothing else."""

from collections.abc import Iterator
from typing import Final

import pytest
from sqlalchemy import Connection, Engine, text

from checkdata.adapters.sql import SqlStorage, grant_service_rights, is_unrestricted
from checkdata.adapters.sql.generations import schema_of
from checkdata.adapters.sql.listings import LISTINGS
from checkdata.adapters.sql.rights import COUNTED, RIGHTS
from checkdata.adapters.sql.schema import metadata, revisions
from checkdata.domain.errors import StorageUnavailable
from tests.contracts.listings import with_listings
from tests.storages import SERVICE, opened, opened_by_service

Right = tuple[str, str]

FORBIDDEN: Final = "42501"
"""The SQLSTATE of what a role has no right to."""

ATTACKS: Final = (
    "UPDATE sessions SET user_id = 'u-admin'",
    "UPDATE sessions SET role = 'support'",
    "UPDATE sessions SET organisation_id = 'dp-other'",
    "UPDATE sessions SET started_at = now()",
    "UPDATE sessions SET digest = 'mine'",
    "UPDATE sign_in_links SET user_id = 'u-admin'",
    "UPDATE sign_in_links SET digest = 'mine'",
    "UPDATE sign_in_links SET expires_at = now() + interval '1 day'",
    "UPDATE confirmation_links SET address = 'me@evil.example'",
    "UPDATE confirmation_visits SET ends_at = now()",
    "UPDATE users SET id = 'u-admin'",
    "DELETE FROM users",
    "UPDATE grants SET user_id = 'me'",
    "UPDATE grants SET role = 'support'",
    "UPDATE grants SET organisation_id = 'dp-other'",
    "UPDATE grants SET granted_on = now()",
    "DELETE FROM grants",
    "UPDATE agreements SET delivery_partner_id = 'dp-other'",
    "UPDATE agreements SET starts_on = '2001-01-01'",
    "DELETE FROM agreements",
    "UPDATE agreement_versions SET recorded_at = '2001-01-01'",
    "DELETE FROM agreement_versions",
    "UPDATE lead_providers SET contact_email = 'me@evil.example'",
    "INSERT INTO lead_providers VALUES ('lp-9', 'Mine', 'me@evil.example')",
    "INSERT INTO delivery_partners VALUES ('dp-9', 'Mine')",
    "UPDATE appropriate_bodies SET name = 'Mine'",
    "UPDATE nominations SET email = 'me@evil.example'",
    "UPDATE nominations SET organisation_id = 'dp-other'",
    "UPDATE nomination_steps SET state = 'confirmed'",
    "DELETE FROM nomination_steps",
    "UPDATE outbox SET address = 'me@evil.example'",
    "UPDATE outbox SET message = '{}'",
    "DELETE FROM outbox",
    "UPDATE imports SET id = 'x'",
    "DELETE FROM link_requests",
    "UPDATE api_keys SET user_id = 'u-admin'",
    "UPDATE api_keys SET expires_on = '2099-01-01'",
    "DELETE FROM api_keys",
    "UPDATE api_key_secrets SET digest = 'mine'",
    "UPDATE api_key_secrets SET key_id = 'another'",
    "DELETE FROM api_key_secrets",
    "UPDATE api_key_revocations SET key_id = 'another'",
    "DELETE FROM api_key_revocations",
    "TRUNCATE sessions",
    "SELECT * FROM public_generation_0.training_records",
    "SELECT * FROM public_generation_0.record_kinds",
    "UPDATE public_generation_0.partner_listing SET full_name = 'Mine'",
    "DELETE FROM public_generation_0.body_tallies",
    "CREATE TABLE public_generation_0.mine (x int)",
    "CREATE SCHEMA public_generation_9",
    "DROP SCHEMA public_generation_0 CASCADE",
    "SELECT * FROM teacher_records",
    "SELECT setval('audit_events_id_seq', 1)",
    "UPDATE alembic_version SET version_num = '0001'",
    "ALTER TABLE sessions ADD COLUMN mine text",
)
"""What an attacker with the service's connection might try, to become another user or to let a user in."""


@pytest.fixture
def owner(migrated_postgresql_url: str) -> Iterator[Engine]:
    with opened(migrated_postgresql_url) as engine:
        yield engine


@pytest.fixture
def connection(owner: Engine) -> Iterator[Connection]:
    with opened_by_service(owner) as service, service.connect() as connection:
        yield connection


def rights_there(engine: Engine, schema: str = "public") -> set[Right]:
    """What PostgreSQL itself says that the role may do in a schema: with relations, and with columns that are named."""
    of_relations = """
        SELECT relname, (acl).privilege_type, ''
        FROM (SELECT relname, relnamespace, aclexplode(relacl) AS acl FROM pg_class) AS all_of
        WHERE (acl).grantee = CAST(CAST(:role AS text) AS regrole)
          AND relnamespace = CAST(CAST(:schema AS text) AS regnamespace)
    """
    of_columns = """
        SELECT relname, (acl).privilege_type, attname
        FROM (SELECT attrelid, attname, aclexplode(attacl) AS acl FROM pg_attribute) AS all_of
        JOIN pg_class ON pg_class.oid = attrelid WHERE (acl).grantee = CAST(CAST(:role AS text) AS regrole)
          AND relnamespace = CAST(CAST(:schema AS text) AS regnamespace)
    """
    asked_of = {"role": SERVICE, "schema": schema}
    with engine.connect() as connection:
        found = [row for asked in (of_relations, of_columns) for row in connection.execute(text(asked), asked_of)]
    return {(relation, f"{privilege} ({column})" if column else privilege) for relation, privilege, column in found}


def rights_told() -> set[Right]:
    told = {(table, privilege) for table, rights in RIGHTS.items() for privilege in rights.granted()}
    single = {(table, f"UPDATE ({column})") for table, rights in RIGHTS.items() for column in rights.changes}
    counted = {(sequence, privilege) for sequence, privileges in COUNTED.items() for privilege in privileges}
    return {right for right in told if not right[1].startswith("UPDATE")} | single | counted


def test_every_table_has_its_row_in_the_table_of_rights() -> None:
    assert set(RIGHTS) == {*metadata.tables, revisions.name}, "say in adapters/sql/rights.py what pages do with it"


def test_rows_that_are_numbered_and_added_have_their_sequence_and_no_others_have() -> None:
    counted = {name: table.autoincrement_column for name, table in metadata.tables.items() if RIGHTS[name].adds}
    numbered = {f"{name}_{column.name}_seq" for name, column in counted.items() if column is not None}
    assert {sequence for sequence, privileges in COUNTED.items() if "USAGE" in privileges} == numbered


def test_only_columns_that_there_are_may_be_changed() -> None:
    for name, table in metadata.tables.items():
        assert set(RIGHTS[name].changes) <= {column.name for column in table.columns}


def test_the_role_may_do_what_the_table_says_and_nothing_else(owner: Engine) -> None:
    assert rights_there(owner) == rights_told()


SHOWN_TO_THE_ROLE: Final = {
    (table.name, "SELECT")
    for listing in LISTINGS
    for table in (listing.rows, listing.words, listing.tallies, listing.schools)
}


def test_the_role_may_read_the_listings_of_each_generation_and_nothing_else_of_it(owner: Engine) -> None:
    with_listings(SqlStorage(owner))
    for number in (0, 1):
        assert rights_there(owner, schema_of("public", number)) == SHOWN_TO_THE_ROLE
        assert rights_of_schema(owner, schema_of("public", number)) == {"USAGE"}


def rights_of_schema(engine: Engine, schema: str) -> set[str]:
    of_role = text(
        "SELECT privilege_type FROM pg_namespace, aclexplode(nspacl)"
        " WHERE nspname = :schema AND grantee = CAST(CAST(:role AS text) AS regrole)"
    )
    with engine.connect() as connection:
        return set(connection.execute(of_role, {"schema": schema, "role": SERVICE}).scalars())


def test_a_generation_is_made_without_a_role_that_serves(migrated_postgresql_url: str) -> None:
    with opened(migrated_postgresql_url) as engine:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"REVOKE ALL ON SCHEMA public_generation_0 FROM {SERVICE}")
        with_listings(SqlStorage(engine))
        assert rights_of_schema(engine, schema_of("public", 1)) == set()


def test_what_earlier_versions_gave_is_taken_back(owner: Engine) -> None:
    with owner.begin() as connection:
        for statement in (
            f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {SERVICE}",
            f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {SERVICE}",
            f"GRANT UPDATE (user_id, digest), SELECT (digest) ON sessions TO {SERVICE}",
            f"GRANT CREATE ON SCHEMA public TO {SERVICE}",
            f"GRANT ALL ON ALL TABLES IN SCHEMA public_generation_0 TO {SERVICE}",
            f"GRANT CREATE ON SCHEMA public_generation_0 TO {SERVICE}",
        ):
            connection.exec_driver_sql(statement)
    grant_service_rights(owner, SERVICE)
    assert rights_there(owner) == rights_told()
    assert rights_there(owner, schema_of("public", 0)) == SHOWN_TO_THE_ROLE
    assert rights_of_schema(owner, schema_of("public", 0)) == {"USAGE"}
    with opened_by_service(owner) as service, service.connect() as connection, pytest.raises(StorageUnavailable):
        connection.exec_driver_sql("CREATE TABLE mine (x int)")


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attacker_with_the_services_connection_can_not_become_another_user(
    connection: Connection, attack: str
) -> None:
    with pytest.raises(StorageUnavailable) as refused:
        connection.exec_driver_sql(attack)
    assert refused.value.code == FORBIDDEN


def test_an_owner_and_a_superuser_are_held_by_nothing(owner: Engine) -> None:
    assert is_unrestricted(owner)
    with opened_by_service(owner) as service:
        assert not is_unrestricted(service)
        with owner.begin() as connection:
            connection.exec_driver_sql(f"ALTER TABLE alembic_version OWNER TO {SERVICE}")
        assert is_unrestricted(service)


@pytest.mark.parametrize("how", ["SUPERUSER", "BYPASSRLS"])
def test_a_role_that_can_bypass_row_level_security_is_held_by_nothing(owner: Engine, how: str) -> None:
    with opened_by_service(owner) as service, owner.connect() as connection:
        connection.exec_driver_sql(f"ALTER ROLE {SERVICE} {how}")
        connection.commit()
        try:
            assert is_unrestricted(service)
        finally:
            connection.exec_driver_sql(f"ALTER ROLE {SERVICE} NO{how}")
            connection.commit()
