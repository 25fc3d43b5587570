"""What schools leave unsettled in a participant's newest record."""

from collections.abc import Callable, Mapping
from typing import Final

from checkdata.entrypoints.demo.rows import TrainingRow

LooseEnd = Callable[[TrainingRow], TrainingRow]


def none_at_all(record: TrainingRow) -> TrainingRow:
    """Leave nothing."""
    return record


def partnership_pending(record: TrainingRow) -> TrainingRow:
    """Leave the partnership of an open record to be confirmed."""
    if record.ends_on or not record.delivery_partner_id:
        return record
    return record._replace(partnership="pending")


def partnership_challenged(record: TrainingRow) -> TrainingRow:
    """Have the school say that it never agreed to the partnership."""
    return record._replace(partnership="challenged") if record.delivery_partner_id else record


def lead_provider_not_confirmed(record: TrainingRow) -> TrainingRow:
    """Name a delivery partner, and no lead provider."""
    return record._replace(lead_provider_id="")


def delivery_partner_not_known(record: TrainingRow) -> TrainingRow:
    """Name no delivery partner that trains them."""
    return record._replace(lead_provider_id="", delivery_partner_id="", partnership="")


def appropriate_body_not_known(record: TrainingRow) -> TrainingRow:
    """Name no appropriate body."""
    return record._replace(appropriate_body_id="")


LOOSE_ENDS: Final[Mapping[LooseEnd, float]] = {
    none_at_all: 860,
    partnership_pending: 25,
    partnership_challenged: 15,
    lead_provider_not_confirmed: 45,
    delivery_partner_not_known: 15,
    appropriate_body_not_known: 40,
}
"""How often each is met."""
