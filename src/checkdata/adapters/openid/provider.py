"""Signing in at an OpenID Connect provider: authorization code with PKCE, state and nonce (OpenID Connect Core 1.0).

The provider is one that the settings name, and it is asked only at its own origin. What it says is believed once its
signature, issuer, audience, nonce and times were checked.
"""

import hmac
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from secrets import token_urlsafe
from threading import BoundedSemaphore
from typing import Any, Final

from attrs import field, frozen
from authlib.common.errors import AuthlibBaseError
from authlib.common.urls import add_params_to_uri
from authlib.integrations.requests_client import OAuth2Session
from requests import Session

from checkdata.adapters.openid.documents import Documents
from checkdata.adapters.openid.id_tokens import Asked, Expected, claims_of
from checkdata.adapters.timed_requests import AnySession, ended_in_time
from checkdata.domain.errors import IdentityRefused, InvalidValue, ProviderUnavailable
from checkdata.domain.ports import Clock
from checkdata.domain.sign_in.identities import Departure, Identity
from checkdata.domain.values import EmailAddress

WHOLE_SECONDS: Final = 10.0
"""How long a conversation with the provider may take, while a user waits."""

PATIENCE_SECONDS: Final = 5.0
"""How long connecting, and each wait for more of an answer, may take."""

AT_ONCE: Final = 8
"""How many conversations a process has at once, so that a slow provider leaves threads for other pages."""

_GONE: Final = "The identity provider does not answer. Try again later."
_WAIT_SECONDS: Final = 2.0
_SCOPE: Final = "openid email"
_VERIFIER_BYTES: Final = 48


@frozen(kw_only=True)
class OpenIdAccount:
    """What the provider knows of this service.

    ``back`` and ``signed_out`` are the addresses to which browsers return. ``verifies_addresses`` tells that the
    provider verifies every address, so that its claims need not say so in ``email_verified``.
    """

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    back: str
    signed_out: str
    verifies_addresses: bool = False


class OpenIdProvider:
    """A provider, asked in time and by few at once; what it publishes is kept for an hour."""

    def __init__(
        self, account: OpenIdAccount, clock: Clock, *, patience: float = PATIENCE_SECONDS, whole: float = WHOLE_SECONDS
    ) -> None:
        self._account = account
        self._clock = clock
        self._patience = patience
        self._whole = whole
        self._places = BoundedSemaphore(AT_ONCE)
        self._documents = Documents(account.issuer, clock, self._asked)

    def depart(self) -> Departure:
        """Where to send a browser, with a state, a nonce and a verifier of its own."""
        asked = Asked(state=token_urlsafe(32), nonce=token_urlsafe(32), verifier=token_urlsafe(_VERIFIER_BYTES))
        published = self._documents.published()
        address, _ = self._client().create_authorization_url(
            published.authorization_endpoint, state=asked.state, code_verifier=asked.verifier, nonce=asked.nonce
        )
        return Departure(address=address, kept=asked.as_text())

    def identify(self, kept: str, answer: Mapping[str, str], /) -> Identity:
        """Who came back; the code is changed for an ID token, once."""
        asked = Asked.of_text(kept)
        published = self._documents.published()
        self._check_answer(asked, answer, told_by=published.says_issuer)
        tokens = self._tokens(published.token_endpoint, asked, answer["code"])
        expected = Expected(issuer=self._account.issuer, client_id=self._account.client_id, at=self._clock())
        claims = claims_of(tokens, asked, expected, self._documents)
        told = "email" in claims and (self._account.verifies_addresses or "email_verified" in claims)
        if not told and published.userinfo_endpoint is not None:
            claims = self._with_user_info(published.userinfo_endpoint, tokens, claims)
        return Identity(
            issuer=self._account.issuer,
            subject=claims["sub"],
            email=self._verified(claims),
            proof=str(tokens["id_token"]),
        )

    def sign_out_at(self, proof: str, /) -> str | None:
        """The end of the session there, where the provider offers it (OpenID Connect RP-Initiated Logout 1.0)."""
        try:
            place = self._documents.published().end_session_endpoint
        except ProviderUnavailable:
            return None
        if place is None:
            return None
        words = {"client_id": self._account.client_id, "post_logout_redirect_uri": self._account.signed_out}
        told: str = add_params_to_uri(place, list((words | ({"id_token_hint": proof} if proof else {})).items()))
        return told

    def faults(self) -> list[str]:
        """What keeps people from signing in there, a sentence each."""
        try:
            self._documents.published()
            self._documents.keys()
        except ProviderUnavailable as error:
            return [str(error)]
        return []

    def _check_answer(self, asked: Asked, answer: Mapping[str, str], *, told_by: bool) -> None:
        """The answer is to this departure, and of this provider (RFC 9207), and not a refusal."""
        if not hmac.compare_digest(answer.get("state", "").encode(), asked.state.encode()):
            raise IdentityRefused("The answer is not for this browser, or came too late.")
        issuer = answer.get("iss")
        if issuer != self._account.issuer and (issuer is not None or told_by):
            raise IdentityRefused("The answer is of another identity provider.")
        if "error" in answer or not answer.get("code"):
            raise IdentityRefused("The identity provider signed no one in.")

    def _tokens(self, place: str, asked: Asked, code: str) -> Mapping[str, Any]:
        with self._in_time(self._client()) as session:
            try:
                found: Mapping[str, Any] = session.fetch_token(
                    place,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=asked.verifier,
                    redirect_uri=self._account.back,
                    timeout=self._patience,
                    allow_redirects=False,
                )
            except AuthlibBaseError:
                raise IdentityRefused("The identity provider did not take the code.") from None
            except (OSError, ValueError, TypeError, OverflowError):  # the last two are of times that are no numbers
                raise ProviderUnavailable(_GONE) from None
        return found

    def _with_user_info(self, place: str, tokens: Mapping[str, Any], claims: Mapping[str, Any]) -> Mapping[str, Any]:
        """The claims with the address that the provider tells of this very subject (OpenID Connect Core 5.3.2)."""
        found = self._asked(place, bearer=str(tokens.get("access_token", "")))
        if found.get("sub") != claims["sub"]:
            raise IdentityRefused("The identity provider told of another person.")
        return {**claims, **{name: found[name] for name in ("email", "email_verified") if name in found}}

    def _verified(self, claims: Mapping[str, Any]) -> EmailAddress | None:
        """The address, if the provider says that it is verified, or verifies every one and does not say otherwise."""
        verified = claims.get("email_verified", self._account.verifies_addresses)
        address = claims.get("email")
        if verified is not True or not isinstance(address, str):
            return None
        try:
            return EmailAddress.of(address)
        except InvalidValue:
            return None

    def _asked(self, place: str, bearer: str = "") -> Mapping[str, Any]:
        """A JSON object that the provider answers."""
        headers = {"Accept": "application/json"} | ({"Authorization": f"Bearer {bearer}"} if bearer else {})
        with self._in_time(Session()) as session:
            try:
                answer = session.get(place, headers=headers, timeout=self._patience, allow_redirects=False)
                found = answer.json() if answer.status_code == 200 else None  # noqa: PLR2004 - HTTP's own
            except (OSError, ValueError):
                raise ProviderUnavailable(_GONE) from None
        if not isinstance(found, dict):
            raise ProviderUnavailable(_GONE)
        return found

    def _client(self) -> OAuth2Session:
        account = self._account
        return OAuth2Session(
            account.client_id,
            account.secret,
            scope=_SCOPE,
            redirect_uri=account.back,
            code_challenge_method="S256",
        )

    @contextmanager
    def _in_time(self, session: AnySession) -> Iterator[AnySession]:
        """Let a session ask, if not too many do already, and for so long."""
        if not self._places.acquire(timeout=_WAIT_SECONDS):
            session.close()
            raise ProviderUnavailable(_GONE)
        try:
            with ended_in_time(session, self._whole):
                yield session
        finally:
            self._places.release()
