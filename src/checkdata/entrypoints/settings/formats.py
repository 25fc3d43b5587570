"""How texts of settings are read; each raises `InvalidValue` with the words that follow the name of the setting."""

import re
from ipaddress import ip_network
from urllib.parse import SplitResult, urlsplit

from checkdata.domain.errors import InvalidValue
from checkdata.domain.values import EmailAddress


def address_parts(value: str) -> SplitResult:
    """The parts of an address; one with an impossible port is refused like one that is malformed."""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise InvalidValue("is not an address: look at its brackets and its port") from None
    return parts


def email_address(value: str) -> str:
    """An email address."""
    return str(checked_email_address("it", value))


def checked_email_address(part: str, value: str) -> EmailAddress:
    """The email address in a *part* of a setting."""
    try:
        return EmailAddress.of(value)
    except InvalidValue:
        raise InvalidValue(f"is wrong: {part} must be an email address, like name@example.org") from None


def proxies(value: str) -> tuple[str, ...]:
    """Addresses and networks; not the network of all, because then any client could pretend to be another one."""
    found = tuple(word.strip() for word in value.split(","))
    try:
        wrong = any(ip_network(word).prefixlen == 0 for word in found)
    except ValueError:
        wrong = True
    if wrong:
        raise InvalidValue("must be addresses or networks of proxies, like 10.0.0.7,10.1.0.0/16")
    return found


def commit(value: str) -> str:
    """A commit or a version."""
    if not re.fullmatch(r"[\w.+-]{1,64}", value, re.ASCII):
        raise InvalidValue("must be a commit or a version: at most 64 letters, digits and . + - _")
    return value
