"""Notices that a mail could not be delivered, as mail servers send them back (RFC 3464)."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from typing import Final

from checkdata.domain import ports

_ID: Final = re.compile(r"\s*<([^<>@\s]+)@")
"""The part of a Message-ID that is a reference of ours, if it is ours."""

LONGEST: Final = 1024 * 1024
"""How many bytes of a notice are read; ours quote short mails."""


def read_bounce(mail: bytes) -> str | None:
    """The reference, from the Message-ID, of the mail that *mail* says was never delivered; None for any other mail.

    A notice is a ``multipart/report`` of a delivery status with a recipient whose ``Action`` is ``failed``, and quotes
    the mail or its headers. A notice of a delay does not count, because the mail may still arrive.
    """
    try:
        return _read(mail)
    except Exception:  # noqa: BLE001 - anyone can write to a mailbox, and the library raises many errors for bad headers
        return None


def _read(mail: bytes) -> str | None:
    told = message_from_bytes(mail[:LONGEST], EmailMessage, policy=default)
    kind = str(told.get_param("report-type", "")).lower()
    if (told.get_content_type(), kind) != ("multipart/report", "delivery-status"):
        return None
    failed = any(str(block.get("Action", "")).strip().lower() == "failed" for block in _statuses(told))
    return next(_quoted_ids(told), None) if failed else None


def _statuses(told: EmailMessage) -> Iterator[Message]:
    """The blocks of fields about the mail and about each recipient."""
    for part in told.iter_parts():
        if part.get_content_type() == "message/delivery-status":
            yield from (block for block in part.get_payload() if isinstance(block, Message))


def _quoted_ids(told: EmailMessage) -> Iterator[str]:
    """The Message-IDs of what it quotes, the whole mail or its headers."""
    for part in told.iter_parts():
        match part.get_content_type():
            case "message/rfc822":
                quoted = part.get_content()
            case "text/rfc822-headers":
                quoted = message_from_bytes(str(part.get_content()).encode(), EmailMessage, policy=default)
            case _:
                continue
        yield from (found[1] for name, value in quoted.raw_items() if (found := _message_id(name, value)))


def _message_id(name: str, value: object) -> re.Match[str] | None:
    return _ID.match(str(value)) if name.lower() == "message-id" else None


_conforms: ports.ReadBounce = read_bounce
