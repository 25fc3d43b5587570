"""What programs may ask: participants, and what changed of them."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Final

from attrs import frozen
from starlette.responses import Response

from checkdata.domain.errors import InvalidQuery, Overtaken
from checkdata.domain.listing.as_of import Import, id_of
from checkdata.domain.listing.change_columns import change_columns
from checkdata.domain.listing.columns import Column, columns_for
from checkdata.domain.listing.history import ChangeKind, RowChange
from checkdata.domain.people.organisations import Organisation
from checkdata.domain.services.listing.follow_changes import WantedChanges
from checkdata.domain.services.listing.read_listing import Marker, Place
from checkdata.domain.services.task_steps.by_key import ByKey, Leaves
from checkdata.domain.values import ImportId, london_date
from checkdata.entrypoints.web.api.asked import Asked
from checkdata.entrypoints.web.api.cursors import bound_to, cursor_of, marker_in, marker_of, place_of
from checkdata.entrypoints.web.pages.changes import kind_of
from checkdata.entrypoints.web.presentation.addresses import address
from checkdata.entrypoints.web.problems import Problem
from checkdata.entrypoints.web.site import Site


@frozen
class Answer:
    """What a program is told; ``leaves`` is called with the body before it is sent."""

    body: bytes
    leaves: Leaves

    @property
    def tag(self) -> str:
        """The ETag, a digest of its bytes."""
        return f'"{sha256(self.body).hexdigest()[:32]}"'

    def sent(self) -> Response:
        """The response, once the body is on record as read."""
        self.leaves(self.body)
        return Response(self.body, media_type="application/json", headers={"ETag": self.tag})


Read = Callable[[Site, Asked], Answer]
"""Answers what a program asks."""

PARTICIPANTS_WORDS: Final = ("query", "per_page", "cursor", "updated_since")
CHANGES_WORDS: Final = ("query", "per_page", "cursor", "since", "kind")
_DAY_OR_MARKER: Final = "Give a day like 2024-06-30, a moment with its offset, or what an answer gave you"


def participants(site: Site, asked: Asked) -> Answer:
    """A page of participants: all of them, or those who changed since; in the order of names."""
    keys, key_id, query = site.settings.secret_keys, asked.visit.key.id, asked.query
    cursor, since, reading = asked.words.get("cursor", ""), _since(site, asked), site.services.read_listing
    bound = bound_to(key_id, query, "participants", asked.size, asked.words.get("updated_since", ""))
    place = place_of(keys, bound, query, cursor) if cursor else reading.beginning(query, since)
    found = reading.page(asked.visit.acting, query, place, size=asked.size, by_key=_by_key(asked))
    columns = columns_for(asked.visit.acting.role)
    told = {
        **_as_of(asked.visit.acting.organisation, found.as_of),
        "only_updated": place is not None and place.after is not None,
        "participants": [{"participant_id": row.participant_id, **_cells(columns, row)} for row in found.rows],
        "next": None if found.following is None else _next(asked, cursor_of(keys, bound, query, found.following)),
        "updated_since": None if place is None else marker_of(keys, key_id, query, place.import_id),
    }
    return Answer(_json(told), found.leaves)


def changes(site: Site, asked: Asked) -> Answer:
    """A page of what changed since a moment, the newest first."""
    since, query = asked.moment("since"), asked.query
    if since is None:
        raise InvalidQuery("since", "Give a day like 2024-06-30, or a moment with its offset")
    keys, key_id = site.settings.secret_keys, asked.visit.key.id
    wanted = WantedChanges(query=query, since=since, kind=kind_of(asked.words.get("kind", "")))
    bound = bound_to(key_id, query, "changes", asked.size, since.isoformat(), wanted.kind)
    cursor = asked.words.get("cursor", "")
    place = place_of(keys, bound, query, cursor) if cursor else None
    begun, before = (None, 0) if place is None else (place.import_id, place.rows)
    try:
        found, leaves = site.services.follow_changes.page_by_key(
            asked.visit.acting, wanted, _by_key(asked, begun), number=before // asked.size + 1, size=asked.size
        )
    except Overtaken as error:
        raise Problem(HTTPStatus.CONFLICT, str(error), errors={"cursor": str(error)}) from None
    columns = change_columns(asked.visit.acting.role, london_date(since))
    shown, read = id_of(found.as_of), before + len(found.changes)
    more = shown is not None and read < found.found
    following = cursor_of(keys, bound, query, Place(import_id=shown, rows=read)) if more and shown else None
    told = {
        **_as_of(asked.visit.acting.organisation, found.as_of),
        "changes": [
            {**_id_of(change), "kind": change.kind.value, **_cells(columns, change)} for change in found.changes
        ],
        "next": None if following is None else _next(asked, following),
        "since": None if found.as_of is None else found.as_of.made_at.isoformat(),
    }
    return Answer(_json(told), leaves)


def _by_key(asked: Asked, begun: ImportId | None = None) -> ByKey:
    return ByKey(key_id=asked.visit.key.id, key_name=asked.visit.key.name, import_id=begun)


def _since(site: Site, asked: Asked) -> Marker | datetime | None:
    word = asked.words.get("updated_since", "")
    marker = marker_in(site.settings.secret_keys, asked.visit.key.id, word)
    if marker is not None:
        return marker
    try:
        return asked.moment("updated_since")
    except InvalidQuery as error:
        told = str(error) if word[:1].isdigit() else _DAY_OR_MARKER
        raise InvalidQuery("updated_since", told) from None


def _id_of(change: RowChange) -> Mapping[str, str]:
    """Of a participant who left view only the name is told (statuses.md 3)."""
    return {"participant_id": "" if change.kind is ChangeKind.LEFT_VIEW else change.now.participant_id}


def _cells(columns: Sequence[Column[Any]], row: object) -> Mapping[str, str]:
    """The cells as a download has them, and as they are: no spreadsheet reads them here."""
    return {column.name: column.cell(row) for column in columns}


def _as_of(organisation: Organisation, shown: Import | None) -> Mapping[str, object]:
    return {
        "organisation": {"role": organisation.role.value, "id": organisation.id, "name": organisation.name},
        "data_as_of": None if shown is None else shown.at.isoformat(),
        "import": id_of(shown),
    }


def _next(asked: Asked, cursor: str) -> str:
    """The address of the next page: the same words, and where to read on."""
    return address(asked.path, None, {**_without(asked.words, ["cursor"]), "cursor": cursor})


def _without(words: Mapping[str, str], names: Iterable[str]) -> Mapping[str, str]:
    return {name: word for name, word in words.items() if word and name not in names}


def _json(told: Mapping[str, object]) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
