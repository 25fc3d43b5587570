"""Which users may see a participant or a listing on a day: those to whom `decide` grants it (service rules 1 and 2)."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date

from checkdata.domain.access.decision import AccessFacts, Acting, Granted, decide
from checkdata.domain.access.scope import Scope
from checkdata.domain.access.verdicts import ActingAs
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner, Organisation, organisation_of
from checkdata.domain.people.users import Grant
from checkdata.domain.ports import UnitOfWork
from checkdata.domain.values import ParticipantId, UserId

ListingOwner = DeliveryPartner | AppropriateBody
"""An organisation that has a listing."""

Seen = ParticipantId | ListingOwner
"""What a user may see: one participant, or the listing of an organisation."""


def users_who_may_see(work: UnitOfWork, seen: Seen, acting_as: ActingAs, on: date) -> set[UserId]:
    """The ids of all of them who act in these roles for these organisations."""
    return {
        user_id
        for organisation, sees in list(_owners(work, seen))
        for user_id in _users_of(work, organisation, acting_as, on, sees)
    }


def _owners(work: UnitOfWork, seen: Seen) -> Iterator[tuple[Organisation, Callable[[Scope], bool]]]:
    """The organisations through whose listings it may be seen, and whether a scope of theirs covers it."""
    if not isinstance(seen, str):
        yield seen, lambda _: True
        return
    trail = work.trails.trail(seen)
    for role, organisation_id in trail.organisations:
        organisation = organisation_of(role, organisation_id)
        row = trail.row_of(organisation, None)
        if row is not None:
            yield organisation, _covering(row)


def _covering(row: ListedParticipant) -> Callable[[Scope], bool]:
    return lambda scope: scope.covers(row)


def _users_of(
    work: UnitOfWork, organisation: Organisation, acting_as: ActingAs, on: date, sees: Callable[[Scope], bool]
) -> Iterator[UserId]:
    grants_of = defaultdict[UserId, list[Grant]](list)
    for grant in work.users.grants_for(organisation, on):
        grants_of[grant.user_id].append(grant)
    agreements = work.organisations.agreements_of(organisation.id) if isinstance(organisation, DeliveryPartner) else ()
    for user_id, user in work.users.with_ids(list(grants_of)).items():
        acting = Acting(user_id, organisation)
        decision = decide(acting, AccessFacts(user=user, grants=grants_of[user_id], agreements=agreements), on=on)
        if acting_as.counts(acting) and isinstance(decision, Granted) and sees(decision.scope):
            yield user_id
