"""Which files held a participant, and what was asked of them, as their receipts tell (service rule 15)."""

from attrs import field, frozen

from checkdata.domain.access.scope import scope_as_recorded
from checkdata.domain.audit.receipts import READ_BY_KEY, FileKind, Receipt
from checkdata.domain.audit.tracing import ShownRow, Trail, filters_of, meets_recorded_filters
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import organisation_of
from checkdata.domain.values import ParticipantId


def query_of_receipt(receipt: Receipt) -> ParticipantQuery:
    """What was asked of a file, without the text of a search."""
    organisation = organisation_of(receipt.role, receipt.organisation_id)
    scope = scope_as_recorded(organisation, receipt.rules, receipt.agreement_ids)
    return ParticipantQuery.of(scope, **receipt.filters)


@frozen
class FilesOf:
    """Which files held a participant; thousands left under a few scopes with a few filters, so each is asked once."""

    participant_id: ParticipantId
    trail: Trail
    _asked: dict[tuple[object, ...], bool] = field(factory=dict, init=False)

    def held(self, receipt: Receipt) -> bool:
        """Whether a file held them, as far as its receipt tells."""
        if receipt.kind in (FileKind.CHANGES, *READ_BY_KEY) or receipt.import_id not in self.trail.imports:
            return receipt.kept(self.participant_id) or False
        rows = self.trail.at(receipt.role, receipt.organisation_id, receipt.import_id)
        return any(self._may_have_had(receipt, row) for row in rows) and receipt.kept(self.participant_id) is not False

    def _may_have_had(self, receipt: Receipt, row: ShownRow) -> bool:
        key = row.organisation, row.began, receipt.rules, tuple(receipt.filters.items())
        if key not in self._asked:
            self._asked[key] = _may_be_in(receipt, row.listed)
        return self._asked[key]


def _may_be_in(receipt: Receipt, listed: ListedParticipant) -> bool:
    """Whether the scope and the filters of a file cover a row; a search may have left it out."""
    scope = scope_as_recorded(organisation_of(receipt.role, receipt.organisation_id), receipt.rules)
    return scope.covers(listed) and meets_recorded_filters(listed, filters_of(receipt.filters))
