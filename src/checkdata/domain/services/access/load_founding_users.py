"""An operator loads the users whom a lead provider named at the start: the original list (service rule 4)."""

from collections.abc import Iterable, Sequence
from typing import Final

from attrs import frozen

from checkdata.domain.errors import ChangeRefused, InvalidValue
from checkdata.domain.nominations.founding_users import ListedUser, RefusedUser
from checkdata.domain.people.organisations import Role
from checkdata.domain.ports import Clock, Storage, UnitOfWork
from checkdata.domain.services.access.manage_access import NewAccess, add_access
from checkdata.domain.services.task_steps.access_changes import AccessChange, active_grants
from checkdata.domain.values import EmailAddress, LeadProviderId

REASON: Final = "Named by the lead provider in the original list"


@frozen(kw_only=True)
class LoadedUsers:
    """What loading did, or would do in a dry run: how many got access, how many had it, and which rows were refused."""

    added: int = 0
    already: int = 0
    refused: Sequence[RefusedUser] = ()


@frozen(kw_only=True)
class LoadFoundingUsers:
    """Loads lists of delivery partners' users; each that is new is one event of the audit log and one mail."""

    storage: Storage
    clock: Clock

    def load(
        self, rows: Iterable[ListedUser | RefusedUser], confirmed_by: LeadProviderId, *, dry_run: bool = False
    ) -> LoadedUsers:
        """Give all users on the list access, confirmed by this lead provider; if the process is killed, none gets it.

        A refused row does not affect the others; the same list twice loads nothing twice. A *dry_run* returns what
        would come of it and changes nothing. Raises `ChangeRefused` for a lead provider that is not known.
        """
        change = AccessChange(at=self.clock(), by=None, reason=REASON)
        with self.storage.writing() as work:
            if work.organisations.lead_provider(confirmed_by) is None:
                raise ChangeRefused(f"There is no lead provider with the id “{confirmed_by}”. Nothing was loaded.")
            outcomes = [_outcome(work, row, confirmed_by, change) for row in rows]
            if not dry_run:
                work.commit()
        refused = [outcome for outcome in outcomes if isinstance(outcome, RefusedUser)]
        return LoadedUsers(added=outcomes.count(True), already=outcomes.count(False), refused=refused)


def _outcome(
    work: UnitOfWork, row: ListedUser | RefusedUser, confirmed_by: LeadProviderId, change: AccessChange
) -> bool | RefusedUser:
    """True if access was given, False if it was there already, else why it was refused."""
    if isinstance(row, RefusedUser):
        return row
    try:
        access = NewAccess(
            email=EmailAddress.of(row.email),
            name=row.name,
            role=Role.DELIVERY_PARTNER,
            organisation_id=row.delivery_partner_id.strip(),
            confirmed_by=confirmed_by,
            reason=change.reason,
        )
        if _has(work, access, change):
            return False
        add_access(work, access, change)
    except InvalidValue as error:
        return RefusedUser(row.line, f"{error}.")
    except ChangeRefused as error:
        return RefusedUser(row.line, str(error))
    return True


def _has(work: UnitOfWork, access: NewAccess, change: AccessChange) -> bool:
    user = work.users.with_email(access.email)
    organisation = work.organisations.find(access.role, access.organisation_id)
    if user is None or organisation is None:
        return False
    return any(grant.organisation == organisation for grant in active_grants(work, user, change.today))
