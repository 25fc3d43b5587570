"""What an event tells: the fields of DfE Analytics' schema that say nothing of a person, and pseudonyms for the rest.

Its ``request_path`` is the pattern of an address, because an address has ids and tokens in it. ``request_query``,
``request_referer`` and ``request_user_agent`` are left out: they hold what people typed, and what tells them apart.
"""

import hmac
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from zoneinfo import ZoneInfo

from attrs import frozen

from checkdata.domain.audit.events import AuditEvent
from checkdata.domain.keys import Key

Event = Mapping[str, Any]

_LONDON: Final = ZoneInfo("Europe/London")

ENTITY: Final = "audit_events"
"""The table of what happens here: rows are only added to it, and each access, change and view is one."""


@frozen
class EventMaker:
    """Makes events of one installation; the same person has the same pseudonym as long as the *key* is the same."""

    key: Key
    environment: str

    def web_request(  # noqa: PLR0913 - the fields of the schema
        self,
        at: datetime,
        *,
        request: str,
        method: str,
        route: str,
        status: int,
        content_type: str,
        role: str,
        user_id: str,
        client: str,
    ) -> Event:
        """A request and its answer; *client* is the user agent and the network address."""
        return {
            **self._beginning("web_request", at, request),
            "request_method": method,
            "request_path": route,
            "response_content_type": content_type,
            "response_status": status,
            "namespace": role,
            "anonymised_user_agent_and_ip": self._pseudonym("client", client),
            **({"user_id": self._pseudonym("user", user_id)} if user_id else {}),
        }

    def entity(self, event: AuditEvent, request: str) -> Event:
        """Something that went on record, without its details."""
        return {
            **self._beginning("create_entity", event.at, request),
            "entity_table_name": ENTITY,
            "data": [{"key": key, "value": [value]} for key, value in self._data(event)],
        }

    def _data(self, event: AuditEvent) -> Iterator[tuple[str, str]]:
        yield "kind", event.kind.value
        if event.role is not None:
            yield "role", event.role.value
        ids = (
            ("actor", "user", event.actor),
            ("subject", "user", event.subject),
            ("organisation_id", "organisation", event.organisation_id),
            ("participant_id", "participant", event.participant_id),
        )
        for name, kind, value in ids:
            if value:
                yield name, self._pseudonym(kind, value)

    def _beginning(self, kind: str, at: datetime, request: str) -> Event:
        beginning = {
            "environment": self.environment,
            "occurred_at": at.astimezone(_LONDON).isoformat(timespec="microseconds"),
            "event_type": kind,
        }
        return {**beginning, "request_uuid": request} if request else beginning

    def _pseudonym(self, kind: str, value: str) -> str:
        return hmac.new(self.key.secret, f"{kind}:{value}".encode(errors="surrogateescape"), sha256).hexdigest()
