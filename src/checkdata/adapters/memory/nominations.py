"""Nominations and confirmation links in memory."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from operator import attrgetter

from attrs import evolve

from checkdata.adapters.memory.state import Draft, StoredState
from checkdata.domain import ports
from checkdata.domain.errors import StorageConflict
from checkdata.domain.nominations.confirmation_links import ConfirmationLink, ConfirmationVisit
from checkdata.domain.nominations.nomination import Nomination
from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner, Organisation
from checkdata.domain.values import EmailAddress, NominationId


class MemoryNominations:
    """The nominations of a draft."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def get(self, nomination_id: NominationId, /) -> Nomination | None:
        """The nomination with this id."""
        return next((nomination for nomination in self._all() if nomination.id == nomination_id), None)

    def hold(self, nomination_id: NominationId, /) -> None:
        """Nothing to do, because units of work that write take turns."""

    def add(self, nomination: Nomination, /) -> None:
        """Add a nomination, the only open one of this person for this organisation."""
        if self.get(nomination.id) is not None:
            _conflict("a nomination with this id exists")
        if nomination.is_open and self.open_for(nomination.nominee.email, nomination.organisation) is not None:
            _conflict("this person is already nominated")
        self._write(nomination)

    def replace(self, nomination: Nomination, /) -> None:
        """Write a nomination with one more step than it has here."""
        stored = self.get(nomination.id)
        if stored is None or nomination.steps[:-1] != stored.steps:
            _conflict("another user took a step at the same time")
        self._write(nomination)

    def open_for(self, email: EmailAddress, organisation: Organisation, /) -> Nomination | None:
        """The open nomination of the person at this address for this organisation."""
        found = (nomination for nomination in self.open() if nomination.organisation == organisation)
        return next((nomination for nomination in found if nomination.nominee.email == email), None)

    def open(self) -> Sequence[Nomination]:
        """Every open nomination, the oldest first."""
        found = [nomination for nomination in self._all() if nomination.is_open]
        return sorted(found, key=attrgetter("received_at", "id"))

    def closed(self) -> Sequence[Nomination]:
        """Closed nominations, the last closed first."""
        found = [nomination for nomination in self._all() if not nomination.is_open]
        return sorted(found, key=attrgetter("closed_at", "id"), reverse=True)

    def of_person(self, email: EmailAddress, /) -> Sequence[Nomination]:
        """Every nomination of the person at this address, the newest first."""
        found = [nomination for nomination in self._all() if nomination.nominee.email == email]
        return sorted(found, key=attrgetter("received_at", "id"), reverse=True)

    def of_organisation(self, organisation: Organisation, limit: int, /) -> Sequence[Nomination]:
        """The nominations for this organisation, open or not, the newest first."""
        found = [nomination for nomination in self._all() if nomination.organisation == organisation]
        return sorted(found, key=attrgetter("received_at", "id"), reverse=True)[:limit]

    def _all(self) -> Iterator[Nomination]:
        return (_named(self._draft.state, nomination) for nomination in self._draft.state.nominations.values())

    def _write(self, nomination: Nomination) -> None:
        state = self._draft.state
        self._draft.state = evolve(state, nominations={**state.nominations, nomination.id: nomination})


class MemoryConfirmations:
    """The confirmation links and visits of a draft."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def add_link(self, link: ConfirmationLink, /) -> None:
        """Keep a link."""
        state = self._draft.state
        self._draft.state = evolve(state, confirmation_links={**state.confirmation_links, link.digest: link})

    def link(self, digest: str, /) -> ConfirmationLink | None:
        """The link with this digest."""
        return self._draft.state.confirmation_links.get(digest)

    def use_link(self, digest: str, at: datetime, /) -> ConfirmationLink | None:
        """Mark a usable link used and return it; units of work that write take turns, so one gets it."""
        link = self.link(digest)
        if link is None or not link.usable(at):
            return None
        used = evolve(link, used_at=at)
        self.add_link(used)
        return used

    def links_of(self, nomination_id: NominationId, /) -> Sequence[ConfirmationLink]:
        """The links sent for a nomination, the newest first."""
        links = self._draft.state.confirmation_links.values()
        found = [link for link in links if link.nomination_id == nomination_id]
        return sorted(found, key=attrgetter("created_at", "digest"), reverse=True)

    def add_visit(self, visit: ConfirmationVisit, /) -> None:
        """Keep a visit."""
        state = self._draft.state
        self._draft.state = evolve(state, confirmation_visits={**state.confirmation_visits, visit.digest: visit})

    def visit(self, digest: str, /) -> ConfirmationVisit | None:
        """The visit with this digest."""
        return self._draft.state.confirmation_visits.get(digest)

    def end(self, nomination_id: NominationId, at: datetime, /) -> None:
        """Mark every link of the nomination used that is not, and forget its visits."""
        for link in self.links_of(nomination_id):
            if link.used_at is None:
                self.add_link(evolve(link, used_at=at))
        visits = self._draft.state.confirmation_visits
        kept = {digest: visit for digest, visit in visits.items() if visit.nomination_id != nomination_id}
        self._draft.state = evolve(self._draft.state, confirmation_visits=kept)


def _named(state: StoredState, nomination: Nomination) -> Nomination:
    match state.named(nomination.organisation):
        case DeliveryPartner() | AppropriateBody() as organisation:
            return evolve(nomination, organisation=organisation)
        case _:
            return nomination


def _conflict(why: str) -> None:
    msg = f"Nothing was changed, because {why}."
    raise StorageConflict(msg)


_conforms: type[ports.Nominations] = MemoryNominations
_confirmations_conform: type[ports.Confirmations] = MemoryConfirmations
