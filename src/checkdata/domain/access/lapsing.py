"""When access lapses by itself: it was not used for long, or who confirmed it can vouch for nobody any more."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from attrs import frozen

from checkdata.domain.people.organisations import Agreement, AppropriateBody, DeliveryPartner
from checkdata.domain.people.users import Grant, LapseReason, LapseWarning
from checkdata.domain.values import london_date


@frozen(kw_only=True)
class LapseLimits:
    """After how long access lapses; each is a setting, and no length turns it off.

    ``unused`` is how long it was not used; ``unvouched`` is for how many days the lead provider that confirmed it had
    no agreement in force. ``warned`` is how long before its end its holder is told; without it nothing lapses.
    """

    unused: timedelta = timedelta(days=180)
    unvouched: timedelta = timedelta(days=1)
    warned: timedelta = timedelta(days=28)


def may_lapse(grant: Grant) -> bool:
    """Whether it is access for a partner or a body.

    That of the department's own teams never lapses, because the last support user would be locked out; an operator
    removes it.
    """
    return isinstance(grant.organisation, DeliveryPartner | AppropriateBody)


def last_day_of_use(grant: Grant, last_used: datetime | None) -> date:
    """The day on which it was last used or confirmed, whichever is later; one that was never used counts from then."""
    return grant.vouched_for_on if last_used is None else max(grant.vouched_for_on, london_date(last_used))


def lapse_reasons(
    grant: Grant, used_on: date, agreements: Collection[Agreement], today: date, limits: LapseLimits
) -> tuple[LapseReason, ...]:
    """Why the grant has to lapse, as of *today*; *used_on* is the day of its last use, or of its last confirmation."""
    if not may_lapse(grant) or not limits.warned:
        return ()
    holds = {
        LapseReason.UNUSED: bool(limits.unused) and today - used_on >= limits.unused,
        LapseReason.NO_AGREEMENT: bool(limits.unvouched) and _is_unvouched(grant, agreements, today, limits.unvouched),
    }
    return tuple(reason for reason in LapseReason if holds[reason])


def still_stands(
    warning: LapseWarning, grant: Grant, used_on: date, agreements: Collection[Agreement], today: date
) -> bool:
    """Whether what its holder was told has been so ever since: no use, and no day with an agreement in force."""
    if warning.reason is LapseReason.UNUSED:
        return used_on < warning.told_on
    return _is_unvouched(grant, agreements, today, today - warning.told_on + timedelta(days=1))


def _is_unvouched(grant: Grant, agreements: Collection[Agreement], today: date, length: timedelta) -> bool:
    if grant.confirmed_by is None:
        return False
    theirs = [each for each in agreements if each.lead_provider_id == grant.confirmed_by]
    if isinstance(grant.organisation, DeliveryPartner):
        theirs = [each for each in theirs if each.delivery_partner_id == grant.organisation.id]
    days = [today - timedelta(days=number) for number in range(length.days)]
    return not any(agreement.in_force(day) for agreement in theirs for day in days)
