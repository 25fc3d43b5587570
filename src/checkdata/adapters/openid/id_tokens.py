"""ID tokens: what was asked with them, and what they claim once they were checked (OpenID Connect Core 3.1.3.7)."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from attrs import field, frozen
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError

from checkdata.adapters.openid.documents import Documents
from checkdata.domain.errors import IdentityRefused

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""How a token may be signed: only with a private key, so never by a secret that this service has too."""

_LEEWAY_SECONDS: Final = 60
"""How far the clocks of the provider and of this machine may be apart."""

_LONGEST_SUBJECT: Final = 255
"""OpenID Connect Core 2: a subject has at most 255 ASCII characters."""


def _is_subject(text: str) -> bool:
    """Whether it can name an account; not with a control character, which PostgreSQL and a log can't hold."""
    return 0 < len(text) <= _LONGEST_SUBJECT and text.isascii() and text.isprintable()


@frozen(kw_only=True)
class Asked:
    """What one departure asks with: the state comes back in the answer, the nonce in the token."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)

    def as_text(self) -> str:
        """In letters, for a browser to keep."""
        return json.dumps([self.state, self.nonce, self.verifier])

    @classmethod
    def of_text(cls, text: str) -> "Asked":
        """What a browser kept; `IdentityRefused` for anything else."""
        try:
            state, nonce, verifier = json.loads(text)
        except ValueError:
            raise IdentityRefused("The answer is not for this browser, or came too late.") from None
        return cls(state=state, nonce=nonce, verifier=verifier)


@frozen(kw_only=True)
class Expected:
    """Of whom and for whom a token must be, now."""

    issuer: str
    client_id: str
    at: datetime


def claims_of(tokens: Mapping[str, Any], asked: Asked, expected: Expected, documents: Documents) -> Mapping[str, Any]:
    """What the ID token among *tokens* claims; `IdentityRefused` where any check of it fails."""
    text = tokens.get("id_token")
    if not isinstance(text, str):
        raise IdentityRefused("The identity provider gave no ID token.")
    try:
        signed = _verified(text, documents)
        claims = CodeIDToken(
            signed.claims,
            signed.header,
            options={
                "iss": {"essential": True, "value": expected.issuer},
                "aud": {"essential": True, "value": expected.client_id},
                "nonce": {"essential": True, "value": asked.nonce},
            },
            params={
                "nonce": asked.nonce,
                "client_id": expected.client_id,
                "access_token": tokens.get("access_token"),
            },
        )
        claims.validate(now=int(expected.at.timestamp()), leeway=_LEEWAY_SECONDS)
    except (JoseError, ValueError, TypeError, KeyError):
        raise IdentityRefused("The identity provider's token does not hold.") from None
    subject = claims["sub"]
    if not isinstance(subject, str) or not _is_subject(subject):
        raise IdentityRefused("The identity provider's token names no one.")
    return claims


def _verified(text: str, documents: Documents) -> jwt.Token:
    """The token, signed with a key that the provider publishes, if need be since a minute ago."""
    try:
        return jwt.decode(text, documents.keys(), algorithms=ALGORITHMS)
    except (JoseError, ValueError):
        return jwt.decode(text, documents.keys(renewed=True), algorithms=ALGORITHMS)
