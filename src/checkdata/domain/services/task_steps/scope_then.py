"""What an organisation could see at an earlier moment."""

from datetime import date, datetime, timedelta

from checkdata.domain.access.decision import scope_of
from checkdata.domain.access.scope import Scope
from checkdata.domain.people.agreement_history import agreements_as_known
from checkdata.domain.people.organisations import DeliveryPartner
from checkdata.domain.ports import UnitOfWork
from checkdata.domain.values import london_date, london_midnight


def scope_then(work: UnitOfWork, scope: Scope, since: datetime) -> Scope:
    """What the organisation of *scope* could see before that moment, by the agreements as they were known then."""
    organisation, day = scope.organisation, london_date(since)
    if not isinstance(organisation, DeliveryPartner):
        return scope
    if since == london_midnight(day) and day > date.min:
        day -= timedelta(days=1)  # because an agreement that began on that day is a change since its first moment
    known = agreements_as_known(work.agreement_history.of_partner(organisation.id), since)
    found = scope_of(organisation, known, on=day)
    return found if isinstance(found, Scope) else Scope(organisation=organisation)
