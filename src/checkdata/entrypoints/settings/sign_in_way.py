"""By which way users sign in."""

from enum import Enum
from typing import Final

from attrs import field, frozen

from checkdata.domain.errors import InvalidValue
from checkdata.entrypoints.settings.base_address import BaseAddress


class SignInWay(Enum):
    """How users show who they are."""

    LINK = "link"
    LINK_AND_CODE = "link-and-code"
    DFE_SIGN_IN = "dfe-sign-in"


WAYS: Final = ", ".join(f"`{way.value}`" for way in SignInWay)
"""The values that `sign_in_way` reads, for docs/settings.md."""


def sign_in_way(value: str) -> SignInWay:
    """The way that *value* names; `InvalidValue` where it names none."""
    try:
        return SignInWay(value)
    except ValueError:
        raise InvalidValue(f"must be {WAYS.replace('`', '')}") from None


@frozen(kw_only=True)
class DfeSignIn:
    """The account of this service at DfE Sign-in, or at another OpenID Connect provider.

    ``issuer`` is written as the provider writes it, down to a port that is the usual one.
    """

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    verifies_addresses: bool

    @property
    def origin(self) -> str:
        """Where the provider's pages are."""
        at = BaseAddress.of(self.issuer)
        return f"{at.scheme}://{at.host}" + (f":{at.port}" if at.port else "")


def issuer(value: str) -> str:
    """The issuer of an OpenID Connect provider, as it is written; `InvalidValue` for what is no address."""
    BaseAddress.of(value)
    return value
