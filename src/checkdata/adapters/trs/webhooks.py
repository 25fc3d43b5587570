"""Webhooks of the TRS: CloudEvents whose requests are signed (RFC 9421, ECDSA by P-384) with keys that it publishes."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from threading import Lock
from time import monotonic
from typing import Any, Final

from attrs import define, field, frozen
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, EllipticCurvePublicKey, EllipticCurvePublicNumbers
from http_message_signatures import HTTPMessageVerifier, HTTPSignatureKeyResolver, InvalidSignature, algorithms
from http_message_signatures.exceptions import HTTPMessageSignaturesException

from checkdata.adapters.trs.connection import TrsConnection
from checkdata.adapters.trs.persons import trn_in
from checkdata.domain.errors import InvalidValue, MessageRefused, TeachersRefused, TeachersUnavailable

TAG: Final = "trs-webhooks"
COVERED: Final = ("@target-uri", "content-digest", "content-length", "ce-id", "ce-type", "ce-time")
"""What has to be signed: where it goes, and all of what it says."""
OLDEST: Final = timedelta(minutes=10)
"""How long ago a message may have been signed; it is signed again for each try."""
KEYS_HOLD_SECONDS: Final = 3600.0
"""How long published keys are believed."""
KEYS_AGAIN_SECONDS: Final = 60.0
"""How soon they are asked for again because a key is not among them."""
GIVEN_UP_SECONDS: Final = 10.0
"""How soon they are asked for again if they could not be had, so that messages do not wait one after the other."""
WAIT_SECONDS: Final = 2.0
"""How long a message waits while they are asked for because of another one."""

_NO_KEYS: Final = "The Teaching Record System does not publish its keys. Try again later."
_WHO: Final[Mapping[str, tuple[str, ...]]] = {
    "alert.created": (),
    "alert.updated": (),
    "alert.deleted": (),
    "person.deactivated": ("deactivatedPerson",),
    "trn_request.completed": ("trnRequest",),
}
"""The types of messages that can decide a state, and where in each the teacher stands."""


@define
class PublishedKeys(HTTPSignatureKeyResolver):
    """The keys at ``/webhook-jwks``, asked for when they are needed.

    Strangers can send messages with keys that are not known, so none of them may hold a thread for long.
    """

    connection: TrsConnection
    now: Callable[[], float] = monotonic
    wait: float = WAIT_SECONDS
    _keys: Mapping[str, EllipticCurvePublicKey] = field(factory=dict)
    _asked: float | None = None
    _failed: float | None = None
    _lock: Lock = field(factory=Lock, repr=False)

    def resolve_public_key(self, key_id: str) -> EllipticCurvePublicKey | None:
        """The key with this id; `TeachersUnavailable` where the keys can't be had."""
        if not self._are_enough_for(key_id):
            if not self._lock.acquire(timeout=self.wait):
                raise TeachersUnavailable(_NO_KEYS)
            try:
                if not self._are_enough_for(key_id):
                    self._ask()
            finally:
                self._lock.release()
        return self._keys.get(key_id)

    def _are_enough_for(self, key_id: str) -> bool:
        if self._asked is None:
            return False
        return self.now() - self._asked <= (KEYS_HOLD_SECONDS if key_id in self._keys else KEYS_AGAIN_SECONDS)

    def _ask(self) -> None:
        if self._failed is not None and self.now() - self._failed < GIVEN_UP_SECONDS:
            raise TeachersUnavailable(_NO_KEYS)
        try:
            self._keys = self._published()
        except (TeachersRefused, TeachersUnavailable):
            self._failed = self.now()
            raise TeachersUnavailable(_NO_KEYS) from None
        self._asked = self.now()

    def _published(self) -> Mapping[str, EllipticCurvePublicKey]:
        answer = self.connection.ask("GET", "/webhook-jwks")
        try:
            return dict(_key(each) for each in json.loads(answer.body)["keys"] if each.get("crv") == "P-384")
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            raise TeachersUnavailable(_NO_KEYS) from None


def _key(told: Mapping[str, Any]) -> tuple[str, EllipticCurvePublicKey]:
    return told["kid"], EllipticCurvePublicNumbers(_number(told["x"]), _number(told["y"]), SECP384R1()).public_key()


def _number(text: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")


@frozen
class _Headers:
    """The fields of a request as they came, one by one."""

    fields: Sequence[tuple[str, str]]

    def items(self) -> Sequence[tuple[str, str]]:
        return self.fields


@frozen
class _Request:
    url: str
    headers: _Headers
    method: str = "POST"


class _Verifier(HTTPMessageVerifier):
    max_clock_skew = timedelta(seconds=30)


class TrsWebhooks:
    """Reads messages that come to the address *url*, which is signed too."""

    def __init__(self, url: str, keys: PublishedKeys) -> None:
        self._url = url
        self._verifier = _Verifier(signature_algorithm=algorithms.ECDSA_P384_SHA384, key_resolver=keys)

    def __call__(self, headers: Sequence[tuple[str, str]], body: bytes, /) -> tuple[str, str | None]:
        """The digest of what was signed, and whose record changed; None for nobody.

        `MessageRefused` for a signature that is not theirs, too old or of too little; `InvalidValue` for a message
        that can't be read; `TeachersUnavailable` where their keys can't be had.
        """
        request = _Request(self._url, _Headers(headers))
        try:
            (verified,) = self._verifier.verify(
                request, max_age=OLDEST, expect_tag=TAG, require_components=COVERED, body=body
            )
        except (InvalidSignature, HTTPMessageSignaturesException, ValueError) as error:
            if isinstance(cause := error.args[0] if error.args else None, TeachersUnavailable):
                raise cause from None
            raise MessageRefused("The signature of the message is missing, wrong or old.") from None
        signed = "\n".join(f"{name}: {value}" for name, value in verified.covered_components.items())
        return sha256(signed.encode()).hexdigest(), _whose(verified.covered_components['"ce-type"'], body)


def _whose(kind: str, body: bytes) -> str | None:
    if kind not in _WHO:
        return None  # of something that decides no state
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise InvalidValue("A message must be JSON.") from None
    for name in _WHO[kind]:
        told = told.get(name) if isinstance(told, dict) else None
    if isinstance(told, dict) and told.get("trn") is None and kind == "trn_request.completed":
        return None
    return trn_in(told)
