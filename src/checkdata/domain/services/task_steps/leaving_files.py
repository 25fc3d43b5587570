"""Which of the files that left under an agreement have left the scope of their organisation (service rule 15).

What a program read with an API key is one copy, whichever pages it was on.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from attrs import evolve, field, frozen

from checkdata.domain.access.decision import Refused, scope_of
from checkdata.domain.access.scope import Scope, ScopeRule
from checkdata.domain.audit.held_files import query_of_receipt
from checkdata.domain.audit.receipts import READ_BY_KEY, Receipt
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import Agreement, DeliveryPartner
from checkdata.domain.ports import UnitOfWork
from checkdata.domain.values import ImportId, ParticipantId


def files_that_left_scope(
    work: UnitOfWork, agreement: Agreement, today: date, since: datetime | None = None
) -> Sequence[Receipt]:
    """The receipts of files that left under an agreement and hold somebody whom no agreement covers today.

    Those from *since* on, or all; without their participants. Not those in which another agreement still covers every
    row, as it was when the file left.
    """
    partner = DeliveryPartner(agreement.delivery_partner_id)
    scope = scope_of(partner, work.organisations.agreements_of(partner.id), on=today)
    files, copies, covering = list[Receipt](), dict[str, Receipt](), _Covering(work, scope)
    for receipt in work.receipts.of_organisation(partner, since):
        if not receipt.rows or agreement.id not in receipt.agreement_ids:
            continue
        if receipt.kind in READ_BY_KEY:
            if receipt.key_id in copies or not covering.page(receipt):
                copies[receipt.key_id] = evolve(receipt, participants=None)
        elif not covering.file(receipt):
            files.append(evolve(receipt, participants=None))  # there are many, and each may name everybody
    return [*files, *copies.values()]


@frozen
class _Covering:
    """Whether a scope of today covers everybody in a file or on a page; no, where it is no longer known who that is."""

    work: UnitOfWork
    scope: Scope | Refused
    _covered: dict[tuple[object, ...], frozenset[ParticipantId]] = field(init=False, factory=dict)

    def file(self, receipt: Receipt) -> bool:
        """Whether it covers everybody in a file."""
        return isinstance(self.scope, Scope) and _covers(self.work, self.scope, receipt)

    def page(self, receipt: Receipt) -> bool:
        """Whether it covers everybody on a page; a listing is read once for all of its pages with the same filters."""
        if not isinstance(self.scope, Scope) or receipt.participant_ids is None or receipt.import_id is None:
            return False
        if _has_rules_of(self.scope, receipt):
            return True
        return self._covered_of(self.scope, receipt, receipt.import_id).issuperset(receipt.participant_ids)

    def _covered_of(self, scope: Scope, receipt: Receipt, import_id: ImportId) -> frozenset[ParticipantId]:
        key = import_id, receipt.rules, tuple(sorted(receipt.filters.items()))
        if key not in self._covered:
            rows = self.work.participants.rows_at(query_of_receipt(receipt), import_id)
            self._covered.clear()  # pages come in the order in which they were read, so that one is enough
            self._covered[key] = frozenset(row.participant_id for row in rows if scope.covers(row))
        return self._covered[key]


def _covers(work: UnitOfWork, scope: Scope, receipt: Receipt) -> bool:
    """Whether a scope covers everybody in a file; no, where it is no longer known who that is."""
    if _has_rules_of(scope, receipt):
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


def _has_rules_of(scope: Scope, receipt: Receipt) -> bool:
    return all(_is_within(rule, scope.rules) for rule in receipt.rules)


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
