"""What Notify tells afterwards of each mail, by a request to an address of ours.

https://docs.notifications.service.gov.uk/python.html#delivery-receipts lists the fields.
"""

import json
from typing import Final

from checkdata.domain import ports
from checkdata.domain.errors import InvalidValue

NEVER_ARRIVED: Final = frozenset({"permanent-failure", "temporary-failure", "technical-failure"})
"""The address does not exist, its mailbox did not take it for three days, or something between broke."""
_STATUSES: Final = NEVER_ARRIVED | {"delivered"}


def read_receipt(body: bytes) -> str | None:
    """The reference of the mail that this receipt says never arrived; None for one of a mail that did.

    `InvalidValue` where it is no receipt.
    """
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise InvalidValue("A receipt must be JSON.") from None
    if not isinstance(told, dict) or str(told.get("status")) not in _STATUSES:
        raise InvalidValue(f"A receipt must have a status: {', '.join(sorted(_STATUSES))}.")
    reference = told.get("reference")
    if reference is not None and not (isinstance(reference, str) and reference.isprintable()):
        raise InvalidValue("The reference of a receipt must be a text.")
    return reference if told["status"] in NEVER_ARRIVED else None


_conforms: ports.ReadBounce = read_receipt
