"""A text that a browser keeps in a cookie and gives back, signed, so that nobody else can have put it there."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from checkdata.domain.keys import Keys
from checkdata.entrypoints.web.security.signing import is_signed, signature


def signed_text(keys: Keys, purpose: str, text: str) -> str:
    """The text for a cookie that serves one purpose."""
    packed = urlsafe_b64encode(text.encode()).decode()
    return f"{packed}.{signature(keys, purpose, packed)}"


def text_signed(keys: Keys, purpose: str, value: str) -> str:
    """The text that was signed for this purpose; "" for anything else."""
    packed, _, given = value.partition(".")
    return urlsafe_b64decode(packed).decode() if packed and is_signed(keys, purpose, packed, given) else ""
