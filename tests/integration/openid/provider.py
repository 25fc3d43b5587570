"""An OpenID Connect provider on this machine, which checks what a client must send, and misbehaves if it is told to."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_urlsafe
from threading import Thread
from typing import Any, Final
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from attrs import define, field, frozen
from joserfc import jws, jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT: Final = "check-data"
SECRET: Final = "a-secret-of-the-tests"  # noqa: S105 - of a server that lives as long as a test
BACK: Final = "https://check.example/auth/dfe/callback"
SIGNED_OUT: Final = "https://check.example/signed-out"
KEY: Final = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
NEXT_KEY: Final = RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})
STRANGERS_KEY: Final = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
Answer = tuple[int, Mapping[str, Any] | str]


@frozen(kw_only=True)
class Code:
    """What a code was given for."""

    nonce: str
    challenge: str
    back: str


@define
class Provider:
    """A provider at which one person is signed in, and how it answers."""

    url: str = ""
    back: str = BACK
    signed_out: str = SIGNED_OUT
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    subject: str = "subject-1"
    email: str = "ann@north.example"
    person: dict[str, Any] = field(factory=lambda: {"email_verified": True})
    claims: dict[str, Any] = field(factory=dict)
    """Claims of ID tokens that are other than they should be; None for one that is missing."""
    published: dict[str, Any] = field(factory=dict)
    key: RSAKey = KEY
    keys: list[RSAKey] = field(factory=lambda: [KEY])
    sign: Callable[["Provider", Mapping[str, Any]], str] | None = None
    tells_by_user_info: bool = False
    user_info: dict[str, Any] = field(factory=dict)
    answer: dict[str, str] = field(factory=dict)
    """Words of an answer that are other than they should be; "" for one that is missing."""
    token_answer: dict[str, Any] = field(factory=dict)
    """What stands beside the tokens, or instead of them."""
    drips: float = 0.0
    status: int = 200
    codes: dict[str, Code] = field(factory=dict)
    asked: list[str] = field(factory=list)
    tokens: list[Mapping[str, Any]] = field(factory=list)

    def get(self, path: str, words: Mapping[str, str], bearer: str) -> Answer:
        match path:
            case "/.well-known/openid-configuration":
                return 200, self._discovery()
            case "/jwks":
                return 200, KeySet(list(self.keys)).as_dict(private=False)
            case "/auth":
                return self._authorized(words)
            case "/me":
                known = any(bearer == f"Bearer {given['access_token']}" for given in self.tokens)
                return (200, {"sub": self.subject, **self._person(), **self.user_info}) if known else (401, {})
            case "/session/end":
                return self._signed_out(words)
        return 404, {}

    def post(self, words: Mapping[str, str], credentials: str) -> Answer:
        """The token endpoint: each code once, for the client that asked for it, with the verifier of its challenge."""
        code = self.codes.pop(words.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if credentials != f"Basic {basic}":
            return 401, {"error": "invalid_client"}
        proof = _s256(words.get("code_verifier", ""))
        granted = words.get("grant_type") == "authorization_code"
        if code is None or not granted or proof != code.challenge or words.get("redirect_uri") != code.back:
            return 400, {"error": "invalid_grant"}
        access = token_urlsafe(16)
        signing = self.sign or Provider.signed
        given = {"access_token": access, "token_type": "Bearer", "id_token": signing(self, self._claims(code, access))}
        self.tokens.append(given)
        return 200, {**given, **self.token_answer}

    def signed(self, claims: Mapping[str, Any]) -> str:
        """An ID token as it should be."""
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, dict(claims), self.key)

    def _discovery(self) -> Mapping[str, Any]:
        found = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/auth",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "userinfo_endpoint": f"{self.url}/me",
            "end_session_endpoint": f"{self.url}/session/end",
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
            **self.published,
        }
        return {name: value for name, value in found.items() if value is not None}

    def _authorized(self, words: Mapping[str, str]) -> Answer:
        wanted = {
            "client_id": CLIENT,
            "redirect_uri": self.back,
            "response_type": "code",
            "code_challenge_method": "S256",
        }
        if not wanted.items() <= words.items() or "openid" not in words["scope"].split() or not words.get("nonce"):
            return 400, {"error": "invalid_request"}
        code = token_urlsafe(16)
        self.codes[code] = Code(nonce=words["nonce"], challenge=words["code_challenge"], back=words["redirect_uri"])
        told = {"code": code, "state": words["state"], "iss": self.url} | self.answer
        return 302, f"{self.back}?{urlencode({name: value for name, value in told.items() if value})}"

    def _signed_out(self, words: Mapping[str, str]) -> Answer:
        hint = jws.deserialize_compact(words["id_token_hint"], KEY, algorithms=["RS256"])
        ours = CLIENT in json.loads(hint.payload)["aud"]
        known = words["post_logout_redirect_uri"] == self.signed_out
        return (302, self.signed_out) if ours and known else (400, {})

    def _person(self) -> Mapping[str, Any]:
        return {name: value for name, value in {"email": self.email, **self.person}.items() if value is not None}

    def _claims(self, code: Code, access: str) -> Mapping[str, Any]:
        now = int(self.now().timestamp())
        found = {
            "iss": self.url,
            "sub": self.subject,
            "aud": CLIENT,
            "exp": now + 3600,
            "iat": now,
            "nonce": code.nonce,
            "at_hash": _half_hash(access),
            **({} if self.tells_by_user_info else self._person()),
            **self.claims,
        }
        return {name: value for name, value in found.items() if value is not None}


def unsigned(_: Provider, claims: Mapping[str, Any]) -> str:
    """A token that says that it needs no signature."""
    parts = ({"alg": "none", "typ": "JWT"}, dict(claims))
    return ".".join(_letters(json.dumps(part).encode()) for part in parts) + "."


def signed_by_the_public_key(_: Provider, claims: Mapping[str, Any]) -> str:
    """A token with the provider's public key as the secret of an HMAC."""
    return _by_hmac(KEY.as_pem(private=False), claims)


def signed_by_the_secret(_: Provider, claims: Mapping[str, Any]) -> str:
    """A token with the secret of this service as that of an HMAC."""
    return _by_hmac(SECRET.encode(), claims)


def signed_by_a_stranger(_: Provider, claims: Mapping[str, Any]) -> str:
    """A token with another key by the name of the provider's."""
    return jwt.encode({"alg": "RS256", "kid": "one"}, dict(claims), STRANGERS_KEY)


def changed(provider: Provider, claims: Mapping[str, Any]) -> str:
    """A token whose claims were changed after it was signed."""
    head, _, signature = provider.signed(claims).split(".")
    return f"{head}.{_letters(json.dumps({**claims, 'email': 'bea@pennine.example'}).encode())}.{signature}"


def _by_hmac(secret: bytes, claims: Mapping[str, Any]) -> str:
    head = {"alg": "HS256", "kid": "one"}
    text = ".".join(_letters(json.dumps(part).encode()) for part in (head, dict(claims)))
    return f"{text}.{_letters(hmac.digest(secret, text.encode(), 'sha256'))}"


def _s256(verifier: str) -> str:
    return _letters(hashlib.sha256(verifier.encode()).digest())


def _half_hash(text: str) -> str:
    return _letters(hashlib.sha256(text.encode()).digest()[:16])


def _letters(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


@contextmanager
def provider_on_loopback(**changes: Any) -> Iterator[Provider]:  # noqa: ANN401 - any field
    """A provider that answers until the end of the block."""
    provider = Provider(**changes)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            provider.asked.append(parts.path)
            bearer = self.headers.get("Authorization", "")
            self._answer(*provider.get(parts.path, dict(parse_qsl(parts.query)), bearer))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            provider.asked.append(self.path)
            words = {name: values[0] for name, values in parse_qs(body).items()}
            self._answer(*provider.post(words, self.headers.get("Authorization", "")))

        def _answer(self, status: int, told: Mapping[str, Any] | str) -> None:
            found = b"" if isinstance(told, str) else json.dumps(told).encode()
            self.send_response(provider.status if provider.status != 200 else status)
            if isinstance(told, str):
                self.send_header("Location", told)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(found)))
            self.end_headers()
            if not provider.drips:
                self.wfile.write(found)
                return
            with suppress(OSError):  # the client gives up
                for byte in found:
                    time.sleep(provider.drips)
                    self.wfile.write(bytes([byte]))

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        provider.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
