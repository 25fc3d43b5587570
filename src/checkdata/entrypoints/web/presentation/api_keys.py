"""API keys, in the words of pages."""

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from attrs import frozen

from checkdata.domain.form_digest import FormDigest
from checkdata.domain.people.users import User
from checkdata.domain.services.access.issue_keys import key_digest
from checkdata.domain.sign_in.api_keys import ApiKey, KeyState, UnderGrant
from checkdata.domain.values import UserId
from checkdata.entrypoints.web.presentation.names import linked_user, with_role

_STATES: Final[Mapping[KeyState, tuple[str, str]]] = {
    KeyState.WAITS: ("Not collected yet", "blue"),
    KeyState.WORKS: ("Works", "green"),
    KeyState.EXPIRED: ("Expired", "grey"),
    KeyState.REVOKED: ("Revoked", "red"),
}

_SEES_NOTHING: Final = ("Sees nothing: its user has no access now", "yellow")


@frozen(kw_only=True)
class KeyLine:
    """A key: how its secret begins, whose it is and for what, its state, and who issued and ended it.

    People are names with the id of their page, "" where there is none.
    """

    id: str
    name: str
    prefix: str
    user: tuple[str, str]
    of: str
    state: str
    colour: str
    expires_on: date
    last_used_on: date | None
    issued_at: datetime
    issued_by: tuple[str, str]
    why: str
    waits: bool
    may_end: bool
    seen: FormDigest


def key_lines(
    keys: Iterable[ApiKey], users: Mapping[UserId, User], now: datetime, *, without_access: Container[str] = ()
) -> Sequence[KeyLine]:
    """Keys in words; *users* are those in them, and *without_access* the ids of those whose user has none now."""
    return [_line(key, users, now, without_access) for key in keys]


def _line(key: ApiKey, users: Mapping[UserId, User], now: datetime, without_access: Container[str]) -> KeyLine:
    given, (state, colour) = key.given_to, _STATES[key.state(now)]
    if key.state(now) is KeyState.WORKS and key.id in without_access:
        state, colour = _SEES_NOTHING
    if isinstance(given, UnderGrant):
        user, of = linked_user(given.user_id, users, ""), with_role(given.organisation)
    else:
        user, of = (given.name, ""), f"May ask: {', '.join(sorted(each.value for each in given.may_ask))}"
    return KeyLine(
        id=key.id,
        name=key.name,
        prefix=key.prefix,
        user=user,
        of=of,
        state=state,
        colour=colour,
        expires_on=key.expires_on,
        last_used_on=key.last_used_on,
        issued_at=key.issued_at,
        issued_by=linked_user(key.issued_by, users, "An operator"),
        why=key.reason if key.revoked is None else f"{key.reason}. Revoked: {key.revoked.reason}",
        waits=key.state(now) is KeyState.WAITS,
        may_end=key.has_not_ended(now),
        seen=key_digest(key),
    )
