"""What support fills in when it changes somebody's access: the reason, which goes on record."""

from typing import Final

from checkdata.domain.people.organisations import Role
from checkdata.domain.typed_text import fault_of

ROLES: Final = (Role.DELIVERY_PARTNER, Role.APPROPRIATE_BODY)
"""The roles that support may give and take (service rule 4)."""

LONGEST_REASON: Final = 1000
"""How many characters a reason or a note may have."""


def reason_fault(reason: str, blank: str) -> str:
    """What is wrong with a reason; "" where nothing is. *blank* is said where there is none, "" where none need be."""
    if not reason.strip():
        return blank
    if len(reason) > LONGEST_REASON:
        return f"Reason must be {LONGEST_REASON:,} characters or fewer"
    return fault_of(reason, "Reason", lines=True)
