"""Who may read a generation of listings on PostgreSQL, and which of its rows (security.md 29 and 39).

A role other than the owner's reads only the rows of the organisation, or of the participant, that its transaction
named, and none if it named none (`checkdata.adapters.sql.row_security`). It can't read the schools' own records.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from sqlalchemy import Connection, text

from checkdata.adapters.sql.listings import LISTINGS
from checkdata.adapters.sql.rights import RIGHTS_IN_A_GENERATION

_ROLES: Final = text(
    """
    SELECT DISTINCT quote_ident(pg_get_userbyid(granted.grantee))
    FROM pg_namespace, aclexplode(nspacl) AS granted
    WHERE nspname = :schema AND granted.privilege_type = 'USAGE' AND granted.grantee NOT IN (0, nspowner)
    """
)


def roles_that_read(connection: Connection, schema: str) -> list[str]:
    """The roles, quoted, that may read a generation and do not own it."""
    return list(connection.execute(_ROLES, {"schema": schema}).scalars())


def policies() -> Iterator[str]:
    """The statements that hold the rows of a new generation, in whose schema they run."""
    for listing in LISTINGS:
        yield from _let_read(listing.rows.name, _is_of_participant_or_told(listing.organisation))
        for table in (listing.words, listing.tallies, listing.schools):
            yield from _let_read(table.name, _is_told(listing.organisation))


def grants(schema: str, roles: Iterable[str]) -> Iterator[str]:
    """The statements that let roles read the listings of a generation, whose schema is quoted, and nothing else."""
    for role in roles:
        yield f"GRANT USAGE ON SCHEMA {schema} TO {role}"
        for table, rights in RIGHTS_IN_A_GENERATION.items():
            for right in rights.granted():
                yield f'GRANT {right} ON {schema}."{table}" TO {role}'


def _let_read(table: str, condition: str) -> Iterator[str]:
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"CREATE POLICY rows_told_of ON {table} FOR SELECT USING ({condition})"


def _is_told(column: str) -> str:
    return f"{column} = {_setting(column)}"


def _is_of_participant_or_told(organisation: str) -> str:
    """No OR, of which PostgreSQL makes two scans and loses the order that a page reads in."""
    told_participant = f"{_setting('participant_id')} > ''"
    return f"CASE WHEN {told_participant} THEN {_is_told('participant_id')} ELSE {_is_told(organisation)} END"


def _setting(name: str) -> str:
    """A sub-select, which is asked once a statement: asked of each row it would cost more than the search."""
    return f"(SELECT current_setting('checkdata.{name}', true))"
