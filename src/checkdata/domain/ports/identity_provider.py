"""The port for a service at which people sign in, instead of by mail."""

from collections.abc import Mapping
from typing import Protocol

from checkdata.domain.sign_in.identities import Departure, Identity


class IdentityProvider(Protocol):
    """A service that says who a person is.

    Each method may raise `ProviderUnavailable` where it does not answer in time.
    """

    def depart(self) -> Departure:
        """Where to send a browser; each departure is another one, and serves once."""

    def identify(self, kept: str, answer: Mapping[str, str], /) -> Identity:
        """Who came back with this *answer* in a browser that *kept* what the departure gave it.

        `IdentityRefused` for an answer that is no answer to that departure, is forged, late or used, or tells that the
        person did not sign in.
        """

    def sign_out_at(self, proof: str, /) -> str | None:
        """Where to send a browser to sign out there too, with the proof of its `Identity`; None where it can't."""
