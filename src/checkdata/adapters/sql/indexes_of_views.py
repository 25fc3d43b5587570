"""The indexes of the log from which PostgreSQL tells who looked at lists, without reading the log itself.

The views of an organisation lie far apart in the log, and a page of it would be read for each. An index holds all that
is asked of a view, but no entry larger than a third of a page: the few views with more details have one of their own.
"""

from typing import Final

from sqlalchemy import BindParameter, ColumnElement, Index, Text, and_, bindparam, cast, func

from checkdata.adapters.sql.schema import audit_events
from checkdata.domain.audit.tracing import LISTS

_MOST: Final = 800
"""Bytes of details, as text; as they are stored they may take twice as many."""

_EVENTS: Final = audit_events.c
_KINDS: Final = [kind.value for kind in LISTS]
_BYTES: Final = func.octet_length(cast(_EVENTS.details, Text))
_LIMIT: Final[BindParameter[int]] = bindparam("most", _MOST, literal_execute=True)

IS_VIEW: Final[ColumnElement[bool]] = _EVENTS.kind.in_(bindparam("kinds", _KINDS, expanding=True, literal_execute=True))
"""Whether an event is the view of a list; with its values in the statement, so that a plan may rest on them."""

IS_SHORT: Final[ColumnElement[bool]] = _BYTES <= _LIMIT
IS_LONG: Final[ColumnElement[bool]] = _BYTES > _LIMIT

_KEY: Final = _EVENTS.organisation_id, _EVENTS.at
Index(
    "ix_audit_events_views",
    *_KEY,
    postgresql_include=["kind", "role", "actor", "import_id", "details"],
    postgresql_where=and_(IS_VIEW, IS_SHORT),
).ddl_if(dialect="postgresql")
Index("ix_audit_events_long_views", *_KEY, postgresql_where=and_(IS_VIEW, IS_LONG)).ddl_if(dialect="postgresql")
