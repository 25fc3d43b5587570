"""Which of the files that left under an agreement have left the scope of their organisation (service rule 15)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from checkdata.domain.access.decision import scope_of
from checkdata.domain.access.scope import Scope, ScopeRule
from checkdata.domain.audit.receipts import Receipt
from checkdata.domain.audit.tracing import query_of_receipt
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import Agreement, DeliveryPartner
from checkdata.domain.ports import UnitOfWork


def files_that_left_scope(
    work: UnitOfWork, agreement: Agreement, today: date, since: datetime | None = None
) -> Sequence[Receipt]:
    """The receipts of files that left under an agreement and hold somebody whom no agreement covers today.

    Those from *since* on, or all. Not those in which another agreement still covers every row, as it was when the file
    left.
    """
    partner = DeliveryPartner(agreement.delivery_partner_id)
    scope = scope_of(partner, work.organisations.agreements_of(partner.id), on=today)
    under = [
        receipt for receipt in work.receipts.of_organisation(partner, since) if agreement.id in receipt.agreement_ids
    ]
    left = [receipt for receipt in under if receipt.rows]
    return left if not isinstance(scope, Scope) else [each for each in left if not _covers(work, scope, each)]


def _covers(work: UnitOfWork, scope: Scope, receipt: Receipt) -> bool:
    """Whether a scope covers everybody in a file; no, where it is no longer known who that is."""
    if all(_is_within(rule, scope.rules) for rule in receipt.rules):
        return True
    rows = _rows_of(work, receipt)
    return rows is not None and all(map(scope.covers, rows))


def _is_within(rule: ScopeRule, rules: Iterable[ScopeRule]) -> bool:
    """Whether one of *rules* covers all that *rule* does."""

    def begins_before(first: int | None) -> bool:
        return first is None or (rule.first_academic_year is not None and first <= rule.first_academic_year)

    def ends_after(last: int | None) -> bool:
        return last is None or (rule.last_academic_year is not None and last >= rule.last_academic_year)

    return any(
        each.lead_provider_id == rule.lead_provider_id
        and begins_before(each.first_academic_year)
        and ends_after(each.last_academic_year)
        for each in rules
    )


def _rows_of(work: UnitOfWork, receipt: Receipt) -> Sequence[ListedParticipant] | None:
    """The rows of a file, or more than those, as they were when it left; None if that is not known of each."""
    if receipt.import_id is None:
        return None
    rows = list(work.participants.rows_at(query_of_receipt(receipt), receipt.import_id))
    kept = receipt.participant_ids
    if kept is None:
        return rows if len(rows) >= receipt.rows else None
    found = {row.participant_id: row for row in rows}
    return [found[each] for each in kept] if found.keys() >= set(kept) else None
