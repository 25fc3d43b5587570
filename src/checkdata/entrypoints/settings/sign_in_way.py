"""By which way users sign in."""

from enum import Enum
from typing import Final

from checkdata.domain.errors import InvalidValue


class SignInWay(Enum):
    """How users show who they are."""

    LINK = "link"
    LINK_AND_CODE = "link-and-code"


WAYS: Final = ", ".join(f"`{way.value}`" for way in SignInWay)
"""The values that `sign_in_way` reads, for docs/settings.md."""


def sign_in_way(value: str) -> SignInWay:
    """The way that *value* names; `InvalidValue` where it names none."""
    try:
        return SignInWay(value)
    except ValueError:
        raise InvalidValue(f"must be {WAYS.replace('`', '')}") from None
