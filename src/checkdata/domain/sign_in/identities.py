"""What an identity provider says of a person, and which account there belongs to which user."""

from datetime import datetime

from attrs import field, frozen

from checkdata.domain.values import EmailAddress, UserId


@frozen(kw_only=True)
class Departure:
    """Where a browser is sent to sign in, and what it keeps until it comes back, in letters; that is a secret."""

    address: str = field(repr=False)
    kept: str = field(repr=False)


@frozen(kw_only=True)
class Identity:
    """Who has signed in at an identity provider: an account there, for good, and its address.

    ``email`` is None if the provider has not verified that the person reads mail there. ``proof`` is what the provider
    wants back when the person signs out, "" if nothing.
    """

    issuer: str
    subject: str = field(repr=False)
    email: EmailAddress | None = field(repr=False)
    proof: str = field(default="", repr=False)


@frozen(kw_only=True)
class BoundAccount:
    """An account at an identity provider that belongs to a user, with one of their addresses, since it was first used.

    An account belongs to one user, and each address of a user has one account at a provider.
    """

    issuer: str
    subject: str = field(repr=False)
    user_id: UserId
    at_second: bool
    bound_at: datetime
