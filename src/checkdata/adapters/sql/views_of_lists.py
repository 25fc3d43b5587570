"""Who looked at lists that may have shown one participant, summed up by the database.

`checkdata.domain.audit.tracing.list_may_have_shown` is what it means. A log holds millions of views; what comes back is
a row for each user, way, version of the participant's row, and record of a scope.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    Subquery,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)

from checkdata.adapters.sql.column_types import Number
from checkdata.adapters.sql.conditions import strpos
from checkdata.adapters.sql.feed_schema import imports
from checkdata.adapters.sql.indexes_of_views import IS_LONG, IS_SHORT, IS_VIEW
from checkdata.adapters.sql.schema import audit_events
from checkdata.adapters.sql.transaction import Transaction
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.audit.receipts import FileKind
from checkdata.domain.audit.tracing import (
    NARROWED_BY,
    SIGHTING_KIND_OF,
    PossibleSightings,
    ShownRow,
    Sighting,
    Trail,
    list_may_have_shown,
    was_covered,
)
from checkdata.domain.listing.filters import BETWEEN_VALUES, slug_text
from checkdata.domain.people.organisations import Role
from checkdata.domain.values import UserId

_NEVER: Final = 2**62
"""The number of an import that is never made: a row stands until then if it stands now."""


def views_of(
    transaction: Transaction, stood: Sequence[ShownRow], start: datetime | None, end: datetime | None
) -> Iterator[Row[*tuple[Any, ...]]]:
    """The views of one organisation's lists whose import and filters are those of one of its rows.

    A view of an import that is not known counts with its details, because no row can be told to be the one.
    """
    for part in (IS_SHORT, IS_LONG) if transaction.on_postgresql else (true(),):
        yield from transaction.execute(_select_views(stood, start, end).where(part))


def _select_views(stood: Sequence[ShownRow], start: datetime | None, end: datetime | None) -> Select[Any]:
    events, rows = audit_events.c, _rows(stood)
    told = and_(
        imports.c.number >= rows.c.began,
        imports.c.number < case((_tells_who_left(), rows.c.followed), else_=rows.c.ended),
        *(_meets(_detail(name), rows.c[name]) for name in NARROWED_BY),
    )
    unknown = imports.c.number.is_(None)
    grouped: list[ColumnElement[Any]] = [
        events.actor.label("actor"),
        events.kind.label("kind"),
        rows.c.place.label("place"),
        _detail("rules").label("rules"),
        case((unknown, cast(events.details, Text)), else_=null()).label("untold"),
    ]
    at = func.min(events.at).label("first"), func.max(events.at).label("last"), func.count().label("times")
    return (
        select(*grouped, *at)
        .select_from(
            audit_events.outerjoin(imports, imports.c.id == events.import_id).outerjoin(rows, told),
        )
        .where(
            *_of_organisation(stood[0].organisation),
            IS_VIEW,
            true() if start is None else events.at >= start,
            true() if end is None else events.at < end,
            or_(rows.c.place.is_not(None), unknown),
            _detail("sha256").is_(None),
            _was_not_completed(stood[0].organisation),
        )
        .group_by(*grouped)
    )


def sightings_of(
    rows: Iterable[Row[*tuple[Any, ...]]], stood: Sequence[ShownRow], trail: Trail
) -> Iterator[PossibleSightings]:
    """What the rows of `views_of` tell, but for views whose scope did not cover the participant."""
    covered = cache(lambda place, rules: was_covered(stood[place], rules))  # thousands of rows have a few scopes
    for row in rows:
        may_have_shown = _untold(row, stood, trail) if row.place is None else covered(row.place, row.rules)
        if may_have_shown:
            first, last = (_sighting(row, at, stood) for at in (row.first, row.last))
            yield PossibleSightings(first=first, last=last, times=row.times)


def _untold(row: Row[*tuple[Any, ...]], stood: Sequence[ShownRow], trail: Trail) -> bool:
    """Whether a view of an import that is not known may have shown the participant."""
    (role, organisation_id), details = stood[0].organisation, json.loads(row.untold)
    kind = AuditKind(row.kind)
    event = AuditEvent(kind=kind, at=row.first, role=role, organisation_id=organisation_id, details=details)
    return list_may_have_shown(event, trail)


def _sighting(row: Row[*tuple[Any, ...]], at: datetime, stood: Sequence[ShownRow]) -> Sighting:
    role, organisation_id = stood[0].organisation
    return Sighting(
        at=at,
        actor=None if row.actor is None else UserId(row.actor),
        role=role,
        organisation_id=organisation_id,
        import_id=None,
        how=SIGHTING_KIND_OF[AuditKind(row.kind)],
    )


def _meets(recorded: ColumnElement[str], value: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a filter was not set, or had this among its values (`has_value`)."""
    between = literal(BETWEEN_VALUES)
    return or_(recorded.is_(None), strpos(between + recorded + between, between + value + between) > 0)


def _rows(stood: Sequence[ShownRow]) -> Subquery:
    """A row for each version of the participant's row, with the words of its filters."""
    return union_all(
        *(
            select(
                literal(place, Integer).label("place"),
                literal(each.began, Number).label("began"),
                literal(_NEVER if each.ended is None else each.ended, Number).label("ended"),
                literal(_followed(each, stood), Number).label("followed"),
                *(literal(slug_text(getattr(each.listed, of)), Text).label(name) for name, of in NARROWED_BY.items()),
            )
            for place, each in enumerate(stood)
        )
    ).subquery("stood")


def _followed(row: ShownRow, stood: Sequence[ShownRow]) -> int:
    """The number of the import that began the next version of a row."""
    return min((other.began for other in stood if other.began > row.began), default=_NEVER)


def _tells_who_left() -> ColumnElement[bool]:
    """Whether a row may have been told of, as it was last, when it was gone (`Trail.told_of`)."""
    is_page = audit_events.c.kind == AuditKind.CHANGES_VIEWED.value
    return or_(is_page, func.coalesce(_detail("format"), "") == FileKind.CHANGES.value)


def _of_organisation(organisation: tuple[Role, str]) -> Sequence[ColumnElement[bool]]:
    role, organisation_id = organisation
    return audit_events.c.organisation_id == organisation_id, audit_events.c.role == role.value


def _was_not_completed(organisation: tuple[Role, str]) -> ColumnElement[bool]:
    """Whether it is no download that left whole, which its receipt tells."""
    sent = audit_events.alias("sent")
    role, organisation_id = organisation
    completed = select(sent.c.details["download"].as_string()).where(
        sent.c.organisation_id == organisation_id,
        sent.c.role == role.value,
        sent.c.kind == AuditKind.FILE_SENT.value,
        sent.c.details["download"].as_string().is_not(None),
    )
    download = _detail("download")
    return or_(download.is_(None), download.not_in(completed))


def _detail(name: str) -> ColumnElement[Any]:
    word: ColumnElement[Any] = audit_events.c.details[name].as_string()
    return word
