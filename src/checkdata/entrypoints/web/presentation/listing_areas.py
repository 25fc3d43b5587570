"""The area of a role: its lists, their addresses, names and contents, made once for a page."""

from collections.abc import Mapping, Sequence
from typing import Final, Self

from attrs import field, frozen

from checkdata.domain.access.decision import Acting
from checkdata.domain.audit.receipts import FileKind
from checkdata.domain.listing.columns import ParticipantColumn, columns_for
from checkdata.domain.listing.filters import Filter, filters_for, word_of
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.people.organisations import Organisation, Role
from checkdata.domain.training.who_acts import WhoActs
from checkdata.domain.values import LeadProviderId
from checkdata.entrypoints.web.presentation.addresses import (
    AT_SCHOOL,
    CHANGES,
    CHASE,
    DOWNLOADS,
    LISTING,
    OVERVIEW,
    RECONCILE,
    SCHOOLS,
    address,
    school_path,
)

Names = Mapping[LeadProviderId, str]
"""The names of lead providers by their ids."""


@frozen(kw_only=True)
class ListingArea:
    """The lists of a role; ``active`` names the link to those with the statuses of `ACTIVE`.

    ``beside`` names the columns that tell two people of one name apart where what changed is shown; ``files`` are the
    kinds of downloads; ``contacts`` says what a communication list has, and ``address`` where its users write;
    ``blanks`` says what a blank means that the list says in short, and ``mistakes`` whom to ask.
    """

    role: Role
    title: str
    one: str
    many: str
    active: str
    blanks: str
    mistakes: str
    beside: Sequence[str]
    files: Sequence[FileKind]
    contacts: str
    address: str

    @property
    def path(self) -> str:
        """The address of the listing."""
        return LISTING[self.role]

    @property
    def overview(self) -> str:
        """The address of the overview."""
        return OVERVIEW[self.role]

    @property
    def schools(self) -> str:
        """The address of the schools."""
        return SCHOOLS[self.role]

    @property
    def changes(self) -> str:
        """The address of what changed."""
        return CHANGES[self.role]

    @property
    def notes(self) -> str:
        """The address at which users choose how often they are mailed how much changed."""
        return f"{self.changes}/emails"

    @property
    def chase(self) -> str:
        """The address of the chase list."""
        return CHASE[self.role]

    @property
    def downloads(self) -> str:
        """The address of the page of downloads."""
        return DOWNLOADS[self.role]

    @property
    def reconcile(self) -> str:
        """The address on which a list is compared with the listing."""
        return RECONCILE[self.role]

    @property
    def columns(self) -> Sequence[ParticipantColumn]:
        """The columns of the listing, in their order."""
        return columns_for(self.role)

    @property
    def filters(self) -> Sequence[Filter]:
        """The filters of the listing, in their order."""
        return filters_for(self.role)


_FILES: Final = (
    FileKind.EXCEL,
    FileKind.CSV,
    FileKind.CONTACTS,
    FileKind.ALL_CONTACTS,
    FileKind.EXTENDED_EXCEL,
    FileKind.EXTENDED_CSV,
)
_CANNOT_CHANGE: Final = "You cannot change anything about "

AREAS: Final[Mapping[Role, ListingArea]] = {
    area.role: area
    for area in (
        ListingArea(
            role=Role.DELIVERY_PARTNER,
            title="Participants",
            one="participant",
            many="participants",
            active="Active participants",
            blanks=(
                "Where no lead provider is named, no DfE-funded training provider is confirmed, or the school delivers "
                "accredited materials itself."
            ),
            mistakes=f"{_CANNOT_CHANGE}a participant here. Ask your lead provider, who can put it right.",
            beside=("role", "school", "academic_year"),
            files=_FILES,
            contacts="Full name, first name, email address, role and school",
            address="email address",
        ),
        ListingArea(
            role=Role.APPROPRIATE_BODY,
            title="Early career teachers",
            one="early career teacher",
            many="early career teachers",
            active="Active ECTs",
            blanks="",
            mistakes=f"{_CANNOT_CHANGE}an early career teacher here. Ask their school or lead provider.",
            beside=("trn", "school_urn"),
            files=_FILES,
            contacts="Full name, first name, the induction tutor’s email address and the school’s URN",
            address="induction tutor’s email address",
        ),
    )
}


def list_path(area: ListingArea, query: ParticipantQuery) -> str:
    """The address of the page that lists what a query finds: the school's own, if it is of one."""
    return school_path(area.schools, query.school_urn) if query.school_urn else area.path


UNRESOLVED: Final[Mapping[str, str]] = {"next": word_of(who for who in WhoActs if who is not WhoActs.NOBODY)}
"""The filter that leaves out those about whom nobody needs to act."""


def at_school(query: ParticipantQuery) -> Mapping[str, str]:
    """The word by which a participant's page leads back to their school's list."""
    return {AT_SCHOOL: query.school_urn} if query.school_urn else {}


@frozen
class OrganisationArea:
    """An area, for the organisation that a page is made for: every link of the page carries it (service rule 6).

    ``lead_providers`` are the names of those that its agreements are with, by id.
    """

    area: ListingArea
    organisation: Organisation
    lead_providers: Names = field(factory=dict)

    @classmethod
    def of(cls, acting: Acting) -> Self:
        """The place in which a user acts for an organisation."""
        return cls(AREAS[acting.role], acting.organisation)

    def address(self, path: str, words: Mapping[str, str] | None = None) -> str:
        """The address of a page with these words."""
        return address(path, self.organisation, words)
