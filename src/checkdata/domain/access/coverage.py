"""What the agreements behind a scope cover, as its users are told it (service rule 2)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from attrs import frozen

from checkdata.domain.access.scope import Scope
from checkdata.domain.people.organisations import Agreement
from checkdata.domain.values import LeadProviderId


@frozen(kw_only=True)
class Covered:
    """What one agreement lets a delivery partner see, and until when; None is no bound.

    ``with_unconfirmed``: participants of these years without a confirmed lead provider too.
    """

    lead_provider: str
    first_academic_year: int | None
    last_academic_year: int | None
    with_unconfirmed: bool
    last_day: date | None


def coverage_of(
    scope: Scope, agreements: Iterable[Agreement], names: Mapping[LeadProviderId, str]
) -> Sequence[Covered]:
    """What each agreement of a scope covers, by the names of the lead providers; nothing where it rests on none."""
    covered = [
        Covered(
            lead_provider=names[agreement.lead_provider_id],
            first_academic_year=agreement.first_academic_year,
            last_academic_year=agreement.last_academic_year,
            with_unconfirmed=agreement.covers_unconfirmed,
            last_day=agreement.last_day,
        )
        for agreement in agreements
        if agreement.id in scope.agreement_ids
    ]
    return sorted(covered, key=lambda each: (each.lead_provider, each.first_academic_year or 0))
