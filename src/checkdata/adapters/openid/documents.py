"""What an OpenID Connect provider publishes of itself: its addresses and its keys (OpenID Connect Discovery 1.0)."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final, Generic, TypeVar
from urllib.parse import urlsplit

from attrs import frozen
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from checkdata.domain.errors import ProviderUnavailable
from checkdata.domain.ports import Clock

KEPT_FOR: Final = timedelta(hours=1)
"""How long what a provider published is used before it is asked again."""

RENEWED_AFTER: Final = timedelta(minutes=1)
"""How old keys must be before they are asked for again because a token has another key."""

GIVEN_UP_FOR: Final = timedelta(seconds=10)
"""How long a provider that did not answer is not asked again, so that users do not wait one after the other."""

_PATH: Final = "/.well-known/openid-configuration"
_WAIT_SECONDS: Final = 2.0
_PORTS: Final = {"https": 443, "http": 80}

Document = TypeVar("Document")


@frozen(kw_only=True)
class Published:
    """The addresses of a provider, all at its own origin; None where it has none."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    end_session_endpoint: str | None
    says_issuer: bool
    """Whether each of its answers names the issuer (RFC 9207)."""


class Documents:
    """The documents of one provider, which *ask* fetches."""

    def __init__(self, issuer: str, clock: Clock, ask: Callable[[str], Mapping[str, Any]]) -> None:
        self._issuer = issuer
        self._ask = ask
        self._published = _Kept(clock, self._ask_published)
        self._keys = _Kept(clock, self._ask_keys)

    def published(self) -> Published:
        """Its addresses."""
        return self._published.get(KEPT_FOR)

    def keys(self, *, renewed: bool = False) -> KeySet:
        """Its keys; *renewed* where a token has another one than those that are known."""
        return self._keys.get(RENEWED_AFTER if renewed else KEPT_FOR)

    def _ask_published(self) -> Published:
        found = self._ask(self._issuer.rstrip("/") + _PATH)
        if found.get("issuer") != self._issuer:
            raise ProviderUnavailable("The identity provider calls itself something else than the settings do.")
        methods = found.get("code_challenge_methods_supported", ["S256"])
        if not isinstance(methods, list) or "S256" not in methods:
            raise ProviderUnavailable("The identity provider does not offer PKCE with S256.")
        return Published(
            authorization_endpoint=self._required(found, "authorization_endpoint"),
            token_endpoint=self._required(found, "token_endpoint"),
            jwks_uri=self._required(found, "jwks_uri"),
            userinfo_endpoint=self._place(found, "userinfo_endpoint"),
            end_session_endpoint=self._place(found, "end_session_endpoint"),
            says_issuer=found.get("authorization_response_iss_parameter_supported") is True,
        )

    def _required(self, found: Mapping[str, Any], name: str) -> str:
        place = self._place(found, name)
        if place is None:
            raise ProviderUnavailable(f"The identity provider tells no {name}.")
        return place

    def _place(self, found: Mapping[str, Any], name: str) -> str | None:
        """An address at the provider's own origin: pages may lead there, and secrets go there."""
        place = found.get(name)
        if place is None:
            return None
        if not isinstance(place, str) or origin_of(place) != origin_of(self._issuer):
            raise ProviderUnavailable(f"The identity provider tells a {name} that is not its own.")
        return place

    def _ask_keys(self) -> KeySet:
        try:
            return KeySet.import_key_set(self._ask(self.published().jwks_uri))  # type: ignore[arg-type] # it checks
        except (JoseError, KeyError, TypeError, ValueError):
            raise ProviderUnavailable("The identity provider's keys cannot be read.") from None


class _Kept(Generic[Document]):
    """A document that is fetched again when it is old; of several who need it, one asks."""

    def __init__(self, clock: Clock, fetch: Callable[[], Document]) -> None:
        self._clock = clock
        self._fetch = fetch
        self._lock = Lock()
        self._there: tuple[datetime, Document] | None = None
        self._failed: tuple[datetime, ProviderUnavailable] | None = None

    def get(self, most: timedelta) -> Document:
        """The document, no older than this."""
        if (there := self._young(most)) is not None:
            return there
        if not self._lock.acquire(timeout=_WAIT_SECONDS):
            raise ProviderUnavailable("The identity provider does not answer. Try again later.")
        try:
            return there if (there := self._young(most)) is not None else self._fetched()
        finally:
            self._lock.release()

    def _young(self, most: timedelta) -> Document | None:
        return self._there[1] if self._there is not None and self._clock() - self._there[0] < most else None

    def _fetched(self) -> Document:
        now = self._clock()
        if self._failed is not None and now - self._failed[0] < GIVEN_UP_FOR:
            raise ProviderUnavailable(str(self._failed[1]))
        try:
            found = self._fetch()
        except ProviderUnavailable as error:
            self._failed = now, error
            raise
        self._there = now, found
        return found


def origin_of(address: str) -> tuple[str, str | None, int | None]:
    """The scheme, host and port of an address, the port also where it is the usual one."""
    try:
        parts = urlsplit(address)
        return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return "", None, None
