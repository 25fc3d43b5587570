"""Which of the files that left under an agreement have left the scope of their organisation (service rule 15)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from attrs import evolve

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

    Those from *since* on, or all; without their participants. Not those in which another agreement still covers every
    row, as it was when the file left.
    """
    partner = DeliveryPartner(agreement.delivery_partner_id)
    scope = scope_of(partner, work.organisations.agreements_of(partner.id), on=today)
    return [
        evolve(receipt, participants=None)  # of a large partner there are many, and each may name everybody
        for receipt in work.receipts.of_organisation(partner, since)
        if receipt.rows and agreement.id in receipt.agreement_ids
        if not isinstance(scope, Scope) or not _covers(work, scope, receipt)
    ]


def _covers(work: UnitOfWork, scope: Scope, receipt: Receipt) -> bool:
    """Whether a scope covers everybody in a file; no, where it is no longer known who that is."""
    if all(_is_within(rule, scope.rules) for rule in receipt.rules):
        return True
    return receipt.import_id is not None and _covers_rows(
        scope, receipt, work.participants.rows_at(query_of_receipt(receipt), receipt.import_id)
    )


def _covers_rows(scope: Scope, receipt: Receipt, rows: Iterable[ListedParticipant]) -> bool:
    """Whether a scope covers all of *rows* that were in a file, and those are all that it held.

    It reads no further than the first row that is not covered.
    """
    kept = receipt.participant_ids
    wanted, found = None if kept is None else set(kept), 0
    for row in rows:
        if wanted is None or row.participant_id in wanted:
            if not scope.covers(row):
                return False
            found += 1
    return found >= (receipt.rows if wanted is None else len(wanted))


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
