"""Another service asks what a user may see: by the rules that decide it here, for every request (service rules 1 to 3).

Each request is on record, with the service, whom it asked about and what it was told.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from heapq import merge
from typing import Final, TypeVar

from attrs import field, frozen

from checkdata.domain.access.decision import AccessFacts
from checkdata.domain.access.scope import Scope
from checkdata.domain.access.verdicts import ANY_ROLE, ActingAs, UserDecisions, Verdict
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.audit.receipts import FileKind
from checkdata.domain.listing.as_of import id_of
from checkdata.domain.listing.facts_and_rows import FactsAndRows
from checkdata.domain.people.organisations import Role
from checkdata.domain.ports import Clock, Storage, UnitOfWork
from checkdata.domain.services.task_steps.by_key import receipt_of_page, record_pages
from checkdata.domain.services.task_steps.record_event import record
from checkdata.domain.services.task_steps.who_may_see import Seen, users_who_may_see
from checkdata.domain.values import ImportId, ParticipantId, UserId, is_identifier, london_date

Id = TypeVar("Id", bound=str)

Stops = Callable[[bool], bool]
"""Whether nothing more is decided behind a yes, or behind a no."""

_Decided = tuple[UserId | None, Verdict]
"""A verdict, and about whom."""

_NOBODY: Final = ParticipantId("")
"""The id of no participant, because a question about none costs the same."""


@frozen(kw_only=True)
class Asker:
    """The service that asks, by its name, and the id of the key that it asks with."""

    service: str
    key_id: str


@frozen(kw_only=True)
class AskedUser:
    """A user as a service names them: by our id or by their address, and for whom they act."""

    named: str = field(repr=False)
    acting_as: ActingAs = ANY_ROLE


@frozen
class AskedAccess:
    """Asks whether this user may see that; None is something that is not here, which nobody may see."""

    user: AskedUser
    seen: Seen | None


@frozen(kw_only=True)
class SearchPart:
    """At most *limit* of what is found, behind the id *after* (None: from the first one)."""

    limit: int
    after: str | None = None


@frozen(kw_only=True)
class AnswerServices:
    """What a user may see, who may see something, and everything that a user may see.

    What is found comes in the order of ids by code point, everything once, and whether more of it comes behind.
    """

    storage: Storage
    clock: Clock

    def look_up(self, asked: AskedAccess, key_digest: str) -> FactsAndRows:
        """All that decides one question, and the key with this digest; nothing of it is told before that is checked."""
        participant_id = asked.seen if isinstance(asked.seen, str) else _NOBODY
        with self.storage.reading() as work:
            return work.users.facts_and_rows(asked.user.named, participant_id, key_digest)

    def decide_one(self, asker: Asker, asked: AskedAccess, found: FactsAndRows) -> Verdict:
        """The verdict of what was looked up for a question."""
        user = self._user_of(found.facts, asked.user)
        verdict = user.verdict(asked.seen, found.covered_by)
        self._record_decided(asker, found.import_id, [asked], [(user.id, verdict)])
        return verdict

    def decide_all(self, asker: Asker, asked: Sequence[AskedAccess], stops: Stops) -> list[Verdict]:
        """A verdict for each question in order, up to the one behind which *stops* says so; all of one state."""
        decided, import_id = self._decide_each(asked, stops)
        self._record_decided(asker, import_id, asked, decided)
        return [verdict for _, verdict in decided]

    def _record_decided(
        self, asker: Asker, import_id: ImportId | None, asked: Sequence[AskedAccess], decided: Sequence[_Decided]
    ) -> None:
        told = [(user_id, each.seen, verdict) for each, (user_id, verdict) in zip(asked, decided, strict=False)]
        record(
            self.storage,
            self._event(
                asker,
                import_id,
                {
                    "asked": "decisions",
                    "allowed": " ".join(_pair(user_id, seen) for user_id, seen, verdict in told if verdict.allowed),
                    "refused": " ".join(_pair(user_id, seen) for user_id, seen, verdict in told if not verdict.allowed),
                },
                user_ids={user_id for user_id, _, _ in told},
                seen={seen for _, seen, _ in told},
            ),
        )

    def _decide_each(self, asked: Sequence[AskedAccess], stops: Stops) -> tuple[list[_Decided], ImportId | None]:
        decided, users = list[_Decided](), dict[AskedUser, _User]()
        with self.storage.reading() as work:
            for each in asked:
                if each.user not in users:
                    users[each.user] = self._user(work, each.user)
                user = users[each.user]
                decided.append((user.id, user.verdict(each.seen, _covering(work, each.seen))))
                if stops(decided[-1][1].allowed):
                    break
            return decided, id_of(work.participants.as_of())

    def users_who_see(
        self, asker: Asker, seen: Seen | None, acting_as: ActingAs, part: SearchPart
    ) -> tuple[Sequence[UserId], bool]:
        """The users who may see it in these roles, for these organisations."""
        with self.storage.reading() as work:
            as_of, today = work.participants.as_of(), london_date(self.clock())
            found = set() if seen is None else users_who_may_see(work, seen, acting_as, today)
        users, more = _cut(sorted(found), part)
        told = {"asked": "users", **_searched(acting_as, part), "rows": len(users)}
        record(self.storage, self._event(asker, id_of(as_of), told, seen={seen}))
        return users, more

    def participants_seen_by(
        self, asker: Asker, asked: AskedUser, part: SearchPart
    ) -> tuple[Sequence[ParticipantId], bool]:
        """Everyone whom a user may see; the ids that a service is told have a receipt for each scope, as pages have."""
        after = None if part.after is None else ParticipantId(part.after)
        with self.storage.reading() as work:
            user = self._user(work, asked)
            scopes = [granted.scope for _, granted in user.decisions.granted]
            in_scopes = [(scope, work.participants.ids_behind(scope, after, part.limit + 1)) for scope in scopes]
            as_of = work.participants.as_of()
        participants, more = _cut(merge(*(ids for _, ids in in_scopes)), part)
        ids = "\n".join(participants).encode()
        digest = sha256(ids).hexdigest()
        told = {"asked": "participants", **_searched(asked.acting_as, part), "rows": len(participants)}
        event = self._event(asker, id_of(as_of), {**told, "sha256": digest, "bytes": len(ids)}, user_ids={user.id})
        found = set(participants)
        receipts = (
            receipt_of_page(
                filter(found.__contains__, in_scope),
                scope,
                FileKind.DECISIONS,
                actor=None,
                at=event.at,
                import_id=event.import_id,
                digest=digest,
                size=len(ids),
                key_id=asker.key_id,
                key_name=asker.service,
            )
            for scope, in_scope in in_scopes
        )
        record_pages(self.storage, event, receipts)
        return participants, more

    def listings_seen_by(
        self, asker: Asker, asked: AskedUser, role: Role, part: SearchPart
    ) -> tuple[Sequence[str], bool]:
        """The ids of the organisations of a role whose listings a user may see."""
        with self.storage.reading() as work:
            user = self._user(work, asked)
            as_of = work.participants.as_of()
        granted = {acting.organisation.id for acting, _ in user.decisions.granted if acting.role is role}
        organisations, more = _cut(sorted(granted), part)
        told = {"asked": role.value, **_searched(asked.acting_as, part), "rows": len(organisations)}
        record(self.storage, self._event(asker, id_of(as_of), told, user_ids={user.id}))
        return organisations, more

    def _user(self, work: UnitOfWork, asked: AskedUser) -> "_User":
        """The user as far as they are known, with the same questions whether they are or not."""
        return self._user_of(work.users.facts_about(asked.named), asked)

    def _user_of(self, facts: AccessFacts, asked: AskedUser) -> "_User":
        decisions = UserDecisions.of(facts, asked.acting_as, london_date(self.clock()))
        return _User(None if facts.user is None else facts.user.id, decisions)

    def _event(
        self,
        asker: Asker,
        import_id: ImportId | None,
        details: Mapping[str, str | int],
        *,
        user_ids: Iterable[UserId | None] = (),
        seen: Iterable[Seen | None] = (),
    ) -> AuditEvent:
        """One event for one request; it names the user and the participant if they are the only ones."""
        users, participants = list(user_ids), list(seen)
        user_id = users[0] if len(users) == 1 else None
        participant_id = participants[0] if len(participants) == 1 and isinstance(participants[0], str) else None
        told = {"service": asker.service, "key": asker.key_id, **details}
        return AuditEvent(
            kind=AuditKind.DECISIONS_ASKED,
            at=self.clock(),
            subject=user_id,
            participant_id=participant_id,
            import_id=import_id,
            details=told,
        )


@frozen
class _User:
    """A user who was asked about, None for one who is not known, and what is decided about them."""

    id: UserId | None
    decisions: UserDecisions

    def verdict(self, seen: Seen | None, covered_by: Callable[[Scope], bool]) -> Verdict:
        """Whether they may see it; *covered_by* is whether a scope covers it, if it is a participant."""
        if seen is None:
            return self.decisions.verdict(lambda _: False)
        if isinstance(seen, str):
            return self.decisions.verdict(covered_by)
        return self.decisions.only(lambda acting: acting.organisation == seen).verdict(lambda _: True)


def _covering(work: UnitOfWork, seen: Seen | None) -> Callable[[Scope], bool]:
    return lambda scope: isinstance(seen, str) and work.participants.covers(scope, seen)


def _pair(user_id: UserId | None, seen: Seen | None) -> str:
    """A user and what was asked about them, by their ids; blank for what is not here."""
    match seen:
        case None:
            word = ""
        case str():
            word = seen
        case _:
            word = f"{seen.role.value}:{seen.id}"
    return f"{user_id or ''}/{word}"


def _searched(acting_as: ActingAs, part: SearchPart) -> Mapping[str, str | int]:
    """For whom the users act and which page it is; "" for what was not said, or is no id."""
    organisation_id = acting_as.organisation_id or ""
    return {
        "role": "" if acting_as.role is None else acting_as.role.value,
        "organisation": organisation_id if is_identifier(organisation_id) else "",
        "after": part.after or "",
        "limit": part.limit,
    }


def _cut(found: Iterable[Id], part: SearchPart) -> tuple[Sequence[Id], bool]:
    """A part of ids that come in order, some of them twice, and whether there are more."""
    cut = list[Id]()
    for each in dict.fromkeys(found):
        if part.after is not None and each <= part.after:
            continue
        if len(cut) == part.limit:
            return cut, True
        cut.append(each)
    return cut, False
