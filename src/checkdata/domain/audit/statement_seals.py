"""The seal of a teacher's statement, by which its file is verified without the database (service rule 15).

The last line of a statement is its seal: HMAC-SHA256 over every byte before that line, with a key made of the log's key
for this purpose, and the id of that key. So no seal of the log is a seal of a statement. Every byte counts, line ends
and the order of rows too. A spreadsheet that saves the file again changes it.
"""

import hmac
import re
from enum import Enum
from hashlib import sha256
from typing import Final

from attrs import frozen

from checkdata.domain.keys import Key, Keys

TITLE: Final = "Statement of who has seen a participant"
"""The first cell of a statement."""

_SEAL_LINE: Final = re.compile(rb"(?s)(.*\n)Seal,([0-9a-f]{8}),([0-9a-f]{64})\n", re.ASCII)
_SEAL_OF_ANY_FORM: Final = re.compile(rb"\bSeal\b.{1,4}[0-9a-fA-F]{8}.{1,4}[0-9a-fA-F]{64}")
_PURPOSE: Final = "statement"

PEEKED: Final = 4096
"""How many bytes of the beginning and of the end of a file tell whether it is a statement."""


class StatementVerdict(Enum):
    """What a check of a statement found: it is as it was sealed, it was changed, or its key was not given."""

    GENUINE = "genuine"
    CHANGED = "changed"
    OTHER_KEY = "other_key"


@frozen
class VerifiedStatement:
    """The verdict on a statement, and the id of the key that its seal names; "" where it has no whole seal."""

    verdict: StatementVerdict
    key_id: str


def sealed_statement(content: bytes, key: Key) -> bytes:
    """A statement with its seal; *content* ends with a line end."""
    digest = _digest(content, key)
    return content + f"Seal,{key.id},{digest}\n".encode()


def seal_of(statement: bytes) -> tuple[str, str]:
    """The id of the key of a sealed statement, and the digest, as its last line has them."""
    _, key_id, digest = statement.rstrip(b"\n").rpartition(b"\n")[2].decode().split(",")
    return key_id, digest


def is_statement(beginning: bytes, end: bytes) -> bool:
    """Whether a file is a statement, also if it was changed: its title or its seal is still there in some form."""
    in_one_byte = beginning.replace(b"\0", b"")  # a spreadsheet may have saved it as UTF-16
    return TITLE.encode() in in_one_byte or _SEAL_OF_ANY_FORM.search(end.replace(b"\0", b"")) is not None


def verified_statement(statement: bytes, keys: Keys) -> VerifiedStatement:
    """Whether a statement is as it was sealed with one of these keys."""
    found = _SEAL_LINE.fullmatch(statement)
    if found is None:
        return VerifiedStatement(StatementVerdict.CHANGED, "")
    content, key_id, digest = found[1], found[2].decode(), found[3].decode()
    candidates = keys.named(key_id)
    if not candidates:
        return VerifiedStatement(StatementVerdict.OTHER_KEY, key_id)
    genuine = any(hmac.compare_digest(_digest(content, key), digest) for key in candidates)
    return VerifiedStatement(StatementVerdict.GENUINE if genuine else StatementVerdict.CHANGED, key_id)


def _digest(content: bytes, key: Key) -> str:
    return hmac.new(key.made_for(_PURPOSE).secret, content, sha256).hexdigest()
