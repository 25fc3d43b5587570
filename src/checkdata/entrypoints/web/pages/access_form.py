"""What support fills in when it changes a user's access: the reason, which is recorded."""

from typing import Final

from checkdata.domain.people.organisations import Role
from checkdata.domain.typed_text import text_fault

ROLES: Final = (Role.DELIVERY_PARTNER, Role.APPROPRIATE_BODY)
"""The roles that support may give and remove (service rule 4)."""

LONGEST_REASON: Final = 1000
"""How many characters a reason or a note may have."""


def reason_fault(reason: str, blank: str) -> str:
    """What is wrong with a reason; "" if nothing. *blank* is the error for a blank reason, "" if it may be blank."""
    if not reason.strip():
        return blank
    if len(reason) > LONGEST_REASON:
        return f"Reason must be {LONGEST_REASON:,} characters or fewer"
    return text_fault(reason, "Reason", lines=True)
