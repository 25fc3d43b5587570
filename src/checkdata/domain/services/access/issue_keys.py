"""Support issues API keys under users' access, and operators those of calling services (rules.md, *API keys*)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Final
from uuid import uuid4

from attrs import field, frozen

from checkdata.domain.access.decision import Acting, Refused, decide
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import ChangeRefused, Overtaken
from checkdata.domain.form_digest import FormDigest, check_unchanged, form_digest
from checkdata.domain.people.organisations import Organisation
from checkdata.domain.people.users import Grant, User
from checkdata.domain.ports import Clock, Storage, Tokens, UnitOfWork
from checkdata.domain.services.task_steps.access_changes import (
    AccessChange,
    active_grants,
    change_of_access,
    check_support,
    check_user_manageable,
    held_user,
)
from checkdata.domain.services.task_steps.acting_user import actor_of, only_once
from checkdata.domain.services.task_steps.bound_tokens import with_token
from checkdata.domain.services.task_steps.key_changes import mail_about_key, record_key, revoke_key
from checkdata.domain.sign_in.api_keys import (
    LONGEST_LIFE,
    ROLES_WITH_KEYS,
    ApiKey,
    CallingService,
    KeyState,
    UnderGrant,
)
from checkdata.domain.typed_text import checked_name
from checkdata.domain.values import UserId, day_in_words, london_date

LONGEST_NAME: Final = 100
"""How many characters the name of a key, or of a calling service, may have."""

_GONE: Final = "There is no such key."
_THIS_KEY: Final = "This key"
_COLLECTED: Final = "The secret of this key was shown before, or it waits no more. Ask support for another key."


@frozen(kw_only=True)
class NewKey:
    """A key to issue: what it is called, the day from which it does not work any more, and why it is issued."""

    name: str
    expires_on: date
    reason: str


@frozen(kw_only=True)
class CollectedKey:
    """A key with its secret, which is nowhere else and can't be shown again."""

    secret: str = field(repr=False)
    key: ApiKey


@frozen(kw_only=True)
class IssueKeys:
    """Issues keys, shows each secret once, and revokes; each change is one event of the audit log and one mail.

    A key is issued by support, and its secret is shown only to the user under whose access it is, because support must
    not get that access by itself. ``by`` is the user who acts, None for an operator. A change raises `ChangeRefused`
    with a sentence where it is not allowed, `Overtaken` where another user was faster, `AccessRefused` where *by* may
    not act so any more, and then changes nothing.
    """

    storage: Storage
    tokens: Tokens
    clock: Clock

    def listed(self) -> tuple[Sequence[ApiKey], Mapping[UserId, User]]:
        """Every key, the newest first, and the users whose they are, or who issued or revoked them."""
        with self.storage.reading() as work:
            keys = work.api_keys.all()
            return keys, work.users.with_ids({user_id for key in keys for user_id in _people_of(key)})

    def without_access(self, keys: Iterable[ApiKey]) -> frozenset[str]:
        """The ids of those keys whose user may not act for the organisation now, so that nothing is seen with them."""
        today = london_date(self.clock())
        accesses = {key.id: key.given_to for key in keys if isinstance(key.given_to, UnderGrant)}
        with self.storage.reading() as work:
            decided = {
                given: decide(Acting(given.user_id, given.organisation), work.users.facts(given.user_id), on=today)
                for given in {*accesses.values()}
            }
        return frozenset(key_id for key_id, given in accesses.items() if isinstance(decided[given], Refused))

    def one(self, key_id: str) -> ApiKey | None:
        """The key with this id."""
        with self.storage.reading() as work:
            return work.api_keys.get(key_id)

    def of(self, by: Acting) -> Sequence[ApiKey]:
        """The keys under the access with which a user acts, the newest first."""
        with self.storage.reading() as work:
            return [key for key in work.api_keys.of_user(by.user_id) if _is_under(key, by)]

    def seen(self, user: User, grant: Grant) -> FormDigest:
        """What a form shows that issues a key under this access."""
        with self.storage.reading() as work:
            keys = work.api_keys.of_user(user.id)
        return access_digest(user, grant, [key for key in keys if _is_under(key, Acting(user.id, grant.organisation))])

    def issue(
        self, user_id: UserId, organisation: Organisation, new: NewKey, *, by: UserId, seen: FormDigest | None = None
    ) -> ApiKey:
        """A support user issues a key under the access that a user has, who is mailed to collect it."""
        change = change_of_access(self.clock(), by, new.reason)
        with self.storage.writing() as work:
            user = held_user(work, user_id, by)
            check_support(work, change)
            check_user_manageable(work, user, change)
            grants = active_grants(work, user, change.today)
            grant = next((grant for grant in grants if grant.organisation == organisation), None)
            held = [key for key in work.api_keys.of_user(user_id) if key.given_to == UnderGrant(user_id, organisation)]
            if grant is None or user.suspended or organisation.role not in ROLES_WITH_KEYS:
                raise Overtaken("This user does not have this access any more.")
            check_unchanged(seen, access_digest(user, grant, held), "This access")
            key = _new_key(new, UnderGrant(user_id, grant.organisation), change)
            work.api_keys.add(key)
            mail_about_key(work, key, change.at, "issued")
            record_key(work, AuditKind.KEY_ISSUED, key, at=change.at, by=by, reason=key.reason)
            work.commit()
        return key

    def issue_to_service(self, service: CallingService, new: NewKey) -> CollectedKey:
        """An operator issues a key to another service, and hands its secret over."""
        if not service.may_ask:
            raise ChangeRefused("Say what the service may ask.")
        given = CallingService(_checked_name(service.name, "service"), service.may_ask)
        change = change_of_access(self.clock(), None, new.reason)
        with self.storage.writing() as work:
            key = _new_key(new, given, change)
            work.api_keys.add(key)
            record_key(work, AuditKind.KEY_ISSUED, key, at=change.at, by=None, reason=key.reason)
            collected = self._with_secret(work, key, change.at)
            work.commit()
        return collected

    def collect(self, key_id: str, *, by: Acting, seen: FormDigest | None = None) -> CollectedKey:
        """The user under whose access a key is gets its secret, once."""
        with self.storage.writing() as work:
            work.users.hold(by.user_id)
            now = self.clock()
            actor_of(work, by, london_date(now))
            key = _own_key(work, key_id, by)
            if key.state(now) is not KeyState.WAITS:
                raise Overtaken(_COLLECTED)
            check_unchanged(seen, key_digest(key), _THIS_KEY)
            collected = self._with_secret(work, key, now)
            mail_about_key(work, key, now, "collected")
            record_key(work, AuditKind.KEY_COLLECTED, key, at=now, by=by.user_id)
            work.commit()
        return collected

    def revoke(self, key_id: str, *, reason: str, by: UserId | None = None, seen: FormDigest | None = None) -> ApiKey:
        """Support or an operator ends a key."""
        change = change_of_access(self.clock(), by, reason)
        with self.storage.writing() as work:
            key = work.api_keys.get(key_id)
            if key is None:
                raise ChangeRefused(_GONE)
            work.users.hold(*{*([by] if by else ()), *_user_of(key)})
            check_support(work, change)
            check_unchanged(seen, key_digest(work.api_keys.get(key_id)), _THIS_KEY)
            revoke_key(work, key, change.revocation(change.reason.strip()))
            work.commit()
        return key

    def revoke_own(self, key_id: str, *, reason: str, by: Acting, seen: FormDigest | None = None) -> ApiKey:
        """The user under whose access a key is ends it."""
        change = change_of_access(self.clock(), by.user_id, reason)
        with self.storage.writing() as work:
            work.users.hold(by.user_id)
            actor_of(work, by, change.today)
            key = _own_key(work, key_id, by)
            check_unchanged(seen, key_digest(key), _THIS_KEY)
            revoke_key(work, key, change.revocation(change.reason.strip()))
            work.commit()
        return key

    def _with_secret(self, work: UnitOfWork, key: ApiKey, at: datetime) -> CollectedKey:
        secret, made = with_token(self.tokens, key, key.prefix)
        with only_once(_COLLECTED):
            work.api_keys.give_secret(key.id, made.digest, at)
        return CollectedKey(secret=secret, key=made)


def key_digest(key: ApiKey | None) -> FormDigest:
    """What a form shows of a key."""
    return form_digest() if key is None else form_digest(key.id, key.collected_at, key.revoked)


def access_digest(user: User, grant: Grant, keys: Sequence[ApiKey]) -> FormDigest:
    """What a form shows that issues a key: the access, and the keys that there are under it."""
    return form_digest(user, grant, sorted(map(key_digest, keys)))


def _new_key(new: NewKey, given_to: UnderGrant | CallingService, change: AccessChange) -> ApiKey:
    last = change.today + LONGEST_LIFE
    if not change.today < new.expires_on <= last:
        raise ChangeRefused(f"A key must expire after today, and by {day_in_words(last)}.")
    return ApiKey(
        id=uuid4().hex,
        name=_checked_name(new.name, "key"),
        given_to=given_to,
        issued_by=change.by,
        issued_at=change.at,
        reason=change.reason.strip(),
        expires_on=new.expires_on,
    )


def _checked_name(name: str, of: str) -> str:
    checked = checked_name(name)
    if not checked:
        raise ChangeRefused(f"Enter the name of the {of}.")
    if len(checked) > LONGEST_NAME:
        raise ChangeRefused(f"The name of the {of} must be {LONGEST_NAME} characters or fewer.")
    return checked


def _own_key(work: UnitOfWork, key_id: str, by: Acting) -> ApiKey:
    """A key under the access with which *by* acts; another user's does not exist."""
    key = work.api_keys.get(key_id)
    if key is None or not _is_under(key, by):
        raise ChangeRefused(_GONE)
    return key


def _is_under(key: ApiKey, by: Acting) -> bool:
    return key.given_to == UnderGrant(by.user_id, by.organisation)


def _user_of(key: ApiKey) -> Sequence[UserId]:
    return [key.given_to.user_id] if isinstance(key.given_to, UnderGrant) else []


def _people_of(key: ApiKey) -> set[UserId]:
    others = (key.issued_by, None if key.revoked is None else key.revoked.by)
    return {*_user_of(key), *filter(None, others)}
