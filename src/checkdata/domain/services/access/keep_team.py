"""Users see who else has access for their organisation, say who has left, and that the others still work there."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from attrs import evolve, frozen

from checkdata.domain.access.decision import Acting
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import ChangeRefused, Overtaken
from checkdata.domain.form_digest import FormDigest, check_unchanged, form_digest
from checkdata.domain.messages import ColleagueLeft
from checkdata.domain.people.users import Grant, User
from checkdata.domain.ports import Clock, Storage, UnitOfWork
from checkdata.domain.services.nominations.queue import QueuedNomination, queued_all
from checkdata.domain.services.task_steps.access_changes import (
    AccessChange,
    active_grants,
    end_access,
    stop_user,
)
from checkdata.domain.services.task_steps.acting_user import actor_of
from checkdata.domain.services.task_steps.key_changes import revoke_keys_of
from checkdata.domain.typed_text import checked_text
from checkdata.domain.values import EmailAddress, UserId, london_date

CONFIRMED_EVERY: Final = timedelta(days=92)
"""For how long it counts that a colleague said so: a quarter of a year."""

_NOMINATIONS_SHOWN: Final = 50


@frozen(kw_only=True)
class Colleague:
    """A user with access for the organisation; ``last_used`` is None if they never used it.

    ``is_due`` means that another colleague is to say whether they still work there.
    """

    user: User
    grant: Grant
    last_used: datetime | None
    is_due: bool

    @property
    def seen(self) -> FormDigest:
        """The digest of what a form that shows it showed."""
        return _seen(self.user, self.grant)


@frozen(kw_only=True)
class Team:
    """Who has access for an organisation, by name, and who was nominated, the newest first."""

    colleagues: Sequence[Colleague]
    nominated: Sequence[QueuedNomination]

    @property
    def seen(self) -> FormDigest:
        """The digest of the colleagues that a form showed."""
        return form_digest(*(colleague.seen for colleague in self.colleagues))

    def are_due(self, by: UserId) -> bool:
        """Whether *by* is to say of others that they still work there."""
        return any(colleague.is_due for colleague in self.colleagues if colleague.user.id != by)


@frozen(kw_only=True)
class KeepTeam:
    """The team of the organisation that a user acts for (rules.md, *Your team*).

    ``support_email`` is where support is told, None where it is not mailed. Every change raises `AccessRefused` where
    *by* no longer has access, `Overtaken` where the team is not as a form had *seen* it, and then changes nothing.
    """

    storage: Storage
    clock: Clock
    support_email: EmailAddress | None = None

    def team(self, by: Acting) -> Team:
        """The team as it is now; nominations that only reconfirm a colleague are left out."""
        with self.storage.reading() as work:
            return self._team(work, by)

    def are_due(self, by: Acting) -> bool:
        """Whether *by* is to say of others that they still work there, as `Team.are_due` of the team as it is now."""
        today = london_date(self.clock())
        with self.storage.at_once() as work:
            others = [grant for grant in work.users.grants_for(by.organisation, today) if grant.user_id != by.user_id]
        due = [grant.user_id for grant in others if is_due(grant, today)]
        if not due:
            return False
        with self.storage.at_once() as work:
            return not all(user.suspended for user in work.users.with_ids(due).values())

    def colleague(self, user_id: UserId, by: Acting) -> Colleague | None:
        """A user with access for the same organisation; None if there is no such user."""
        return next((each for each in self.team(by).colleagues if each.user.id == user_id), None)

    def has_left(self, user_id: UserId, *, by: Acting, note: str = "", seen: FormDigest | None = None) -> User:
        """A colleague has left: they can sign in no more, and support is asked to look at it.

        A user with access for another organisation too keeps that, because it is not this colleague's to end.
        Raises `ChangeRefused` where it is the user themselves.
        """
        with self.storage.writing() as work:
            work.users.hold(user_id, by.user_id)
            now = self.clock()
            actor_of(work, by, london_date(now))
            user, grant = _held(work, user_id, by, london_date(now))
            check_unchanged(seen, _seen(user, grant), "Your team")
            if user.id == by.user_id:
                raise ChangeRefused("You cannot say that you have left. Ask a colleague, or support.")
            reason = f"Has left, as a colleague said. {checked_text(note, 'Note', lines=True)}".strip()
            change = AccessChange(at=now, by=by.user_id, reason=reason)
            everywhere = [other for other in active_grants(work, user, change.today) if other.id != grant.id]
            if everywhere:
                end_access(work, user, grant, change)
                work.sign_ins.end_sessions(user.id)
                work.sign_ins.end_links(user.id, change.at)
            else:
                stop_user(work, user, change)
                work.bound_accounts.free(user.id)
                revoke_keys_of(work, user.id, change.revocation("Its user has left, as a colleague said."))
            self._tell_support(work, grant, now, suspended=not everywhere)
            work.commit()
        return user

    def confirm(self, *, by: Acting, seen: FormDigest | None = None) -> int:
        """The others who have access still work there; for how many that was said."""
        with self.storage.writing() as work:
            people = [grant.user_id for grant in work.users.grants_for(by.organisation, london_date(self.clock()))]
            work.users.hold(*{*people, by.user_id})
            now = self.clock()
            actor_of(work, by, london_date(now))
            team = self._team(work, by)
            check_unchanged(seen, team.seen, "Your team")
            others = [each for each in team.colleagues if each.user.id != by.user_id and not each.user.suspended]
            change = AccessChange(at=now, by=by.user_id, reason="Still works there, as a colleague said.")
            for each in others:
                work.users.replace_grant(evolve(each.grant, still_there_on=change.today))
                event = change.of_grant(each.grant).event
                work.audit.record(event(AuditKind.COLLEAGUE_CONFIRMED, each.user, by.organisation))
            work.commit()
        return len(others)

    def _team(self, work: UnitOfWork, by: Acting) -> Team:
        now = self.clock()
        grants = {grant.user_id: grant for grant in work.users.grants_for(by.organisation, london_date(now))}
        users = work.users.with_ids(grants).values()
        found = work.nominations.of_organisation(by.organisation, _NOMINATIONS_SHOWN)
        return Team(
            colleagues=[
                Colleague(
                    user=user,
                    grant=grants[user.id],
                    last_used=work.audit.last_used(user.id, by.organisation),
                    is_due=not user.suspended and is_due(grants[user.id], london_date(now)),
                )
                for user in sorted(users, key=lambda user: user.order)
            ],
            nominated=queued_all(work, [each for each in found if each.renews is None], now),
        )

    def _tell_support(self, work: UnitOfWork, grant: Grant, now: datetime, *, suspended: bool) -> None:
        if self.support_email is not None:
            role, organisation = grant.organisation.role, grant.organisation.name
            message = ColleagueLeft(role=role, organisation=organisation, suspended=suspended)
            work.outbox.queue(self.support_email, message, now)


def is_due(grant: Grant, today: date) -> bool:
    """Whether a colleague is to say that its holder still works there: nobody has vouched for it for a quarter."""
    known_on = max(day for day in (grant.vouched_for_on, grant.still_there_on) if day is not None)
    return today - known_on >= CONFIRMED_EVERY


def _held(work: UnitOfWork, user_id: UserId, by: Acting, today: date) -> tuple[User, Grant]:
    user = work.users.get(user_id)
    grants = () if user is None else active_grants(work, user, today)
    grant = next((grant for grant in grants if grant.organisation == by.organisation), None)
    if user is None or grant is None or user.suspended:
        raise Overtaken("This person no longer has access for your organisation.")
    return user, grant


def _seen(user: User, grant: Grant) -> FormDigest:
    return form_digest(user, grant)
