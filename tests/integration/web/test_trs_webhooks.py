"""What the Teaching Record System tells at the address for its webhooks, and what others try there.

security.md 81 and 82.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event
from uuid import uuid4

import pytest
from attrs import define, field
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, EllipticCurvePrivateKey, generate_private_key
from http_message_signatures import ContentDigest, HTTPMessageSigner, algorithms
from http_message_signatures.resolvers import MappingKeyResolver
from httpx2 import Response

from checkdata.adapters.trs import webhooks
from checkdata.adapters.trs.connection import Answer as Asked
from checkdata.adapters.trs.connection import TrsConnection
from checkdata.adapters.trs.webhooks import GIVEN_UP_SECONDS, PublishedKeys
from checkdata.domain.errors import TeachersUnavailable
from tests.integration.trs.trs_server import Answer, Trs, alert, trs_server
from tests.integration.web.client import Client
from tests.integration.web.world import BASE_URL, World, with_feed_and_access

URL = f"{BASE_URL}/trs/webhooks"
KEY = generate_private_key(SECP384R1())
COVERED = ("@target-uri", "content-digest", "content-length", "ce-id", "ce-type", "ce-time")
BODY = json.dumps({"trn": "1234567", "alert": alert()}).encode()


@define
class Message:
    """A request as the TRS makes it."""

    body: bytes = BODY
    url: str = URL
    kind: str = "alert.created"
    key: EllipticCurvePrivateKey = KEY
    keyid: str = "key-1"
    covered: tuple[str, ...] = COVERED
    tag: str = "trs-webhooks"
    age: timedelta = timedelta()
    method: str = "POST"
    headers: dict[str, str] = field(factory=dict)

    def signed(self) -> Mapping[str, str]:
        """Its fields, signed now, as for each try."""
        now = datetime.now(UTC) - self.age
        self.headers = {
            "content-type": "application/json; charset=utf-8",
            "content-length": str(len(self.body)),
            "content-digest": ContentDigest.create(self.body),
            "ce-id": "34921f5b-e623-401e-87ea-5a754dd262c3",
            "ce-type": self.kind,
            "ce-time": "2024-07-22T14:17:33.7685924Z",
            "ce-specversion": "1.0",
        }
        keys = MappingKeyResolver(public_keys={}, private_keys={self.keyid: self.key})
        HTTPMessageSigner(signature_algorithm=algorithms.ECDSA_P384_SHA384, key_resolver=keys).sign(
            self,
            key_id=self.keyid,
            created=now,
            expires=now + timedelta(minutes=5),
            nonce=uuid4().hex,
            label="sig1",
            tag=self.tag,
            covered_component_ids=self.covered,
            use_existing_digest=True,
        )
        return self.headers


@define
class HeldConnection(TrsConnection):
    """Asks once it is let."""

    asked: Event = field(factory=Event)
    go_on: Event = field(factory=Event)

    def ask(self, method: str, path: str, body: bytes | None = None) -> Asked:
        self.asked.set()
        self.go_on.wait(60)
        return super().ask(method, path, body)


def jwk(key: EllipticCurvePrivateKey, kid: str) -> dict[str, str]:
    numbers = key.public_key().public_numbers()
    x, y = (base64.urlsafe_b64encode(each.to_bytes(48, "big")).decode().rstrip("=") for each in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-384", "kid": kid, "x": x, "y": y}


@pytest.fixture
def trs() -> Iterator[Trs]:
    with trs_server() as running:
        running.jwks = {"keys": [jwk(KEY, "key-1")]}
        yield running


@pytest.fixture
def world(trs: Trs) -> World:
    return with_feed_and_access(World(trs_url=trs.url))


def tell(
    client: Client, message: Message, *, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    fields = {**message.signed(), **(headers or {})}
    return client.http.post("/trs/webhooks", content=message.body if body is None else body, headers=fields)


def heard(world: World) -> list[str | None]:
    """Whose record changed, by the messages that were kept."""
    return sorted(message.trn for message in world.storage.state.teacher_messages.values())  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        *((f"alert.{what}", {"trn": "1234567", "alert": alert()}) for what in ("created", "updated", "deleted")),
        ("person.deactivated", {"deactivatedPerson": {"trn": "1234567"}, "mergedWithPerson": {"trn": "7654321"}}),
        ("person.deactivated", {"deactivatedPerson": {"trn": "1234567"}, "mergedWithPerson": None}),
        ("trn_request.completed", {"trnRequest": {"requestId": "r", "trn": "1234567", "status": "Completed"}}),
    ],
    ids=range(6),
)
def test_whose_record_changed_is_kept_and_nothing_of_what_changed(
    client: Client, world: World, kind: str, told: object
) -> None:
    assert tell(client, Message(json.dumps(told).encode(), kind=kind)).status_code == 204
    assert heard(world) == ["1234567"]
    assert "Prohib" not in repr(world.storage.state.teacher_messages)  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", ["ping", "one_login_user.updated", "unheard.of"])
def test_a_message_that_decides_no_state_is_taken_and_names_nobody(client: Client, world: World, kind: str) -> None:
    assert tell(client, Message(b"{}", kind=kind)).status_code == 204
    assert heard(world) == [None]


@pytest.mark.parametrize(
    "message",
    [
        Message(key=generate_private_key(SECP384R1())),
        Message(keyid="key-2"),
        Message(url="https://other.example/trs/webhooks"),
        Message(tag="another"),
        Message(age=timedelta(minutes=11)),
        Message(age=timedelta(minutes=-5)),
        *(Message(covered=tuple(each for each in COVERED if each != left_out)) for left_out in COVERED),
    ],
    ids=["key", "key-id", "address", "tag", "old", "early", *COVERED],
)
def test_a_foreign_signature_is_refused(client: Client, world: World, message: Message) -> None:
    assert tell(client, message).status_code == 401
    assert heard(world) == []


@pytest.mark.parametrize("name", ["ce-id", "ce-type", "ce-time", "content-digest", "signature", "signature-input"])
def test_a_field_that_was_changed_is_refused(client: Client, world: World, name: str) -> None:
    assert tell(client, Message(), headers={name: "other"}).status_code == 401
    assert heard(world) == []


def test_a_body_that_was_changed_is_refused(client: Client, world: World) -> None:
    assert tell(client, Message(), body=BODY.replace(b"1234567", b"7654321")).status_code == 401
    assert heard(world) == []


def test_a_replay_is_refused_and_another_try_of_the_same_event_is_not(client: Client, world: World) -> None:
    message = Message()
    fields = dict(message.signed())
    sent = [client.http.post("/trs/webhooks", content=BODY, headers=fields).status_code for _ in range(2)]
    assert sent == [204, 401]
    assert tell(client, message).status_code == 204
    assert heard(world) == ["1234567"] * 2


def test_of_two_deliveries_of_one_request_at_once_one_is_taken(client: Client, world: World) -> None:
    fields = dict(Message().signed())

    def send(_: int) -> int:
        return client.http.post("/trs/webhooks", content=BODY, headers=fields).status_code

    with ThreadPoolExecutor(2) as two:
        assert sorted(two.map(send, range(2))) == [204, 401]
    assert heard(world) == ["1234567"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"trn": 1}', b'{"trn": "12345678"}', b"[" * 5000], ids=range(6))
def test_what_can_not_be_read_is_refused_with_a_sentence(client: Client, world: World, body: bytes) -> None:
    answer = tell(client, Message(body))
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")
    assert heard(world) == []


def test_without_their_keys_the_message_has_to_come_again(
    client: Client, world: World, trs: Trs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "GIVEN_UP_SECONDS", 0.0)
    trs.answers = [Answer(503), Answer(403), Answer(200, {"keys": [{"crv": "P-384"}]})]
    assert [tell(client, Message()).status_code for _ in range(4)] == [503, 503, 503, 204]
    assert heard(world) == ["1234567"]


def test_keys_that_can_not_be_had_are_not_asked_for_by_each_message_and_are_asked_for_again(trs: Trs) -> None:
    seconds = [0.0]
    keys = PublishedKeys(TrsConnection(trs.url, "", tries=1), now=lambda: seconds[0])
    trs.answers = [Answer(503)]
    for _ in range(3):
        with pytest.raises(TeachersUnavailable):
            keys.resolve_public_key("key-1")
    assert len(trs.asked) == 1
    seconds[0] = GIVEN_UP_SECONDS
    assert keys.resolve_public_key("key-1") is not None


def test_a_message_does_not_wait_long_for_keys_that_are_asked_for_because_of_another(trs: Trs) -> None:
    connection = HeldConnection(trs.url, "", tries=1)
    keys = PublishedKeys(connection, wait=0.01)
    with ThreadPoolExecutor(2) as two:
        first = two.submit(keys.resolve_public_key, "key-1")
        assert connection.asked.wait(60)
        second = two.submit(keys.resolve_public_key, "key-1")
        try:
            assert isinstance(second.exception(timeout=10), TeachersUnavailable)
        finally:
            connection.go_on.set()
        assert first.result() is not None


def test_keys_are_asked_for_once_however_many_foreign_ones_are_tried(client: Client, trs: Trs) -> None:
    for number in range(5):
        assert tell(client, Message(keyid=f"foreign-{number}")).status_code == 401
    assert tell(client, Message()).status_code == 204
    assert trs.asked == ["GET /webhook-jwks"]


def test_unless_webhooks_are_taken_there_is_no_such_address() -> None:
    assert tell(Client(with_feed_and_access(World())), Message()).status_code == 404
