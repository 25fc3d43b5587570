"""What GOV.UK Notify tells of mail, at the address for its receipts (service rule 7, security.md 68)."""

import json
from typing import Any, Final

import pytest
from httpx2 import Response

from checkdata.domain.mail_records import MailState
from tests.integration.web.client import Client
from tests.integration.web.world import ANN, World, with_feed_and_access

PLACE: Final = "/notify/receipts"
TOKEN: Final = "Tk7-vXq2.Rz9wLm4_Bc8nHf3sJd6gYp1u"  # noqa: S105 - of a service that lives as long as a test


@pytest.fixture
def world() -> World:
    """A service that has a token for receipts."""
    return with_feed_and_access(World(receipts_token=TOKEN))


def receipt(status: str, reference: str | None) -> dict[str, Any]:
    """A receipt as Notify sends it."""
    return {
        "id": "740e5834-3a29-46b4-9a6f-16142fde533a",
        "reference": reference,
        "to": str(ANN),
        "status": status,
        "created_at": "2024-06-03T13:55:00.000000Z",
        "completed_at": "2024-06-03T13:56:00.000000Z",
        "sent_at": "2024-06-03T13:55:30.000000Z",
        "notification_type": "email",
        "template_id": "f33517ff-2a88-4f6e-b855-c550268ce08a",
        "template_version": 1,
    }


def tell(client: Client, body: bytes, authorization: str = f"Bearer {TOKEN}") -> Response:
    headers = {"Authorization": authorization, "Content-Type": "application/json"}
    return client.http.post(PLACE, content=body, headers=headers)


def sent_mail(world: World) -> str:
    """The reference of a mail to Ann that was handed over."""
    world.link(ANN)
    with world.storage.reading() as work:
        return work.outbox.last_to(ANN, 1)[0].entry.reference


def state(world: World) -> MailState:
    with world.storage.reading() as work:
        return work.outbox.last_to(ANN, 1)[0].state


@pytest.mark.parametrize("status", ["permanent-failure", "temporary-failure", "technical-failure"])
def test_mail_that_never_arrived_counts_as_one_that_came_back(client: Client, world: World, status: str) -> None:
    told = json.dumps(receipt(status, sent_mail(world))).encode()
    assert [tell(client, told).status_code for _ in range(2)] == [204, 204]
    assert state(world) is MailState.BOUNCED


def test_mail_that_arrived_stays_sent(client: Client, world: World) -> None:
    assert tell(client, json.dumps(receipt("delivered", sent_mail(world))).encode()).status_code == 204
    assert state(world) is MailState.SENT


@pytest.mark.parametrize("reference", ["another service's", None, ""])
def test_a_receipt_of_a_mail_that_is_not_ours_changes_nothing(
    client: Client, world: World, reference: str | None
) -> None:
    sent_mail(world)
    assert tell(client, json.dumps(receipt("permanent-failure", reference)).encode()).status_code == 204
    assert state(world) is MailState.SENT


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", f"Basic {TOKEN}", TOKEN, "Bearer é"],
)
def test_who_does_not_show_the_token_changes_nothing(client: Client, world: World, authorization: str) -> None:
    told = json.dumps(receipt("permanent-failure", sent_mail(world))).encode()
    headers = {b"authorization": authorization.encode()} if authorization else {}
    answer = client.http.post(PLACE, content=told, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert state(world) is MailState.SENT


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b"{",
        b'{"status": "sending", "reference": "r"}',
        b'{"status": "delivered", "reference": 1}',
        b'{"status": [], "reference": "r"}',
        b'{"status": "permanent-failure", "reference": "a\\u0000b"}',
        b"[" * 5000,
        b"\xff",
    ],
    ids=range(11),
)
def test_what_is_no_receipt_is_refused_with_a_sentence(client: Client, body: bytes) -> None:
    answer = tell(client, body)
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".") or "status" in answer.json()["error"]


def test_a_body_that_is_too_large_is_refused(client: Client) -> None:
    assert tell(client, b" " * 2_000_000).status_code == 413


def test_without_a_token_there_is_no_such_address() -> None:
    client = Client(with_feed_and_access(World()))
    assert tell(client, b"{}").status_code == 404


def test_after_a_new_token_only_that_one_is_taken_and_mail_of_before_is_known(world: World) -> None:
    new = TOKEN[::-1]
    told = json.dumps(receipt("permanent-failure", sent_mail(world))).encode()
    started_again = Client(World(receipts_token=new, storage=world.storage))
    assert tell(started_again, told).status_code == 401
    assert state(world) is MailState.SENT
    assert tell(started_again, told, f"Bearer {new}").status_code == 204
    assert state(world) is MailState.BOUNCED
