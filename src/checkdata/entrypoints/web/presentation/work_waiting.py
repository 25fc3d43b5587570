"""What waits for a team, as its first page shows it: how much of each kind, and the first few."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar

from attrs import frozen

from checkdata.domain.people.users import User
from checkdata.domain.services.access.confirm_changes import ProposalInDetail
from checkdata.domain.services.access.help_users import DeadLetter
from checkdata.domain.services.access.manage_agreements import NamedAgreement
from checkdata.domain.services.access.review_access import ReviewedGrant
from checkdata.domain.services.audit.confirm_deletion import RecallInDetail
from checkdata.domain.services.nominations.queue import QueuedNomination
from checkdata.domain.values import day_in_words, london_date
from checkdata.entrypoints.web.presentation.addresses import (
    ACCESS_REVIEW,
    AGREEMENTS,
    PROPOSALS,
    RECALLS,
    UNDELIVERED,
    USERS,
)
from checkdata.entrypoints.web.presentation.days_and_times import counted
from checkdata.entrypoints.web.presentation.names import with_role
from checkdata.entrypoints.web.presentation.nominations import age_in_words
from checkdata.entrypoints.web.presentation.proposals import what_changes
from checkdata.entrypoints.web.presentation.user_activity import mail_line

FIRST_SHOWN: Final = 3
"""How many things of each kind are shown."""

Thing = TypeVar("Thing")


@frozen
class WaitingThing:
    """One thing: its name, the path of its page ("" for none), and what tells it from others."""

    name: str
    path: str
    hint: str


@frozen(kw_only=True)
class Waiting:
    """Things of one kind: how many there are in words, the path and the words of the list of all, and the first few."""

    id: str
    title: str
    path: str
    words: dict[str, str]
    first: Sequence[WaitingThing]


def undelivered(letters: Sequence[DeadLetter]) -> Waiting:
    """Mail that did not reach its reader."""

    def line(letter: DeadLetter) -> WaitingThing:
        mail, user = mail_line(letter.mail), letter.user
        about = f"{mail.what}: {mail.state.lower()}"
        return (
            WaitingThing(str(letter.mail.entry.to), "", about)
            if user is None
            else WaitingThing(user.name, f"{USERS}/{user.id}", about)
        )

    return _waiting("undelivered", letters, ("email not delivered", "emails not delivered"), UNDELIVERED, line)


def nominations(queued: Sequence[QueuedNomination], section: str, team: str) -> Waiting:
    """Nominations that wait for a team."""

    def line(each: QueuedNomination) -> WaitingThing:
        nomination = each.nomination
        about = f"{with_role(nomination.organisation)}, waiting for {age_in_words(each.age).lower()}"
        return WaitingThing(nomination.nominee.name, f"{section}/{nomination.id}", about)

    named = (f"nomination waiting for {team}", f"nominations waiting for {team}")
    return _waiting("nominations", queued, named, section, line)


def ending(agreements: Sequence[NamedAgreement], days: int) -> Waiting:
    """Agreements that end soon."""

    def line(each: NamedAgreement) -> WaitingThing:
        partner = each.delivery_partner.name or each.delivery_partner.id
        lead = each.lead_provider.name or each.lead_provider.id
        last = each.agreement.last_day
        return WaitingThing(
            f"{partner} with {lead}",
            f"{AGREEMENTS}/{each.agreement.id}",
            "" if last is None else f"last day {day_in_words(last)}",
        )

    named = (f"agreement ending within {days} days", f"agreements ending within {days} days")
    return _waiting("ending", agreements, named, AGREEMENTS, line, words={"show": "ending"})


def review(grants: Sequence[ReviewedGrant]) -> Waiting:
    """Grants due for review."""

    def line(each: ReviewedGrant) -> WaitingThing:
        return WaitingThing(each.user.name, f"{USERS}/{each.user.id}", with_role(each.grant.organisation))

    return _waiting("review", grants, ("access review due", "access reviews due"), ACCESS_REVIEW, line)


def proposals(found: Sequence[ProposalInDetail]) -> Waiting:
    """Changes that wait for a second support user."""

    def line(each: ProposalInDetail) -> WaitingThing:
        proposed = f"proposed by {each.names[each.proposal.proposed_by]}"
        return WaitingThing(what_changes(each), f"{PROPOSALS}/{each.proposal.id}", proposed)

    named = ("change waiting for a second person", "changes waiting for a second person")
    return _waiting("proposals", found, named, PROPOSALS, line)


def recalls(found: Sequence[tuple[RecallInDetail, str]]) -> Waiting:
    """Recalls of which files are not confirmed as deleted, each with the name of its partner."""

    def line(each: tuple[RecallInDetail, str]) -> WaitingThing:
        recall, partner = each
        files = counted(recall.waiting, "file not confirmed", "files not confirmed")
        opened = day_in_words(london_date(recall.recall.opened_at))
        return WaitingThing(partner, f"{AGREEMENTS}/{recall.recall.agreement_id}/files", f"{files}, since {opened}")

    return _waiting("recalls", found, ("recall of files open", "recalls of files open"), RECALLS, line)


def suspended(users: Sequence[User]) -> Waiting:
    """Suspended users who still have access: a colleague may have said that they left."""

    def line(user: User) -> WaitingThing:
        return WaitingThing(user.name, f"{USERS}/{user.id}", str(user.email))

    named = ("suspended user with access", "suspended users with access")
    return _waiting("suspended", users, named, USERS, line)


def _waiting(  # noqa: PLR0913 - what a kind has
    name: str,
    things: Iterable[Thing],
    named: tuple[str, str],
    path: str,
    line: Callable[[Thing], WaitingThing],
    *,
    words: dict[str, str] | None = None,
) -> Waiting:
    every = list(things)
    first = [line(each) for each in every[:FIRST_SHOWN]]
    return Waiting(id=name, title=counted(len(every), *named), path=path, words=words or {}, first=first)
