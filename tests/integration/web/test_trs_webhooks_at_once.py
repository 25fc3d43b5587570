"""Two deliveries of the Teaching Record System at once, each on a connection of its own (security.md 81)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine, event, select

from checkdata.adapters.sql import SqlStorage
from checkdata.adapters.sql.teacher_check_schema import teacher_messages
from tests.integration.trs.trs_server import trs_server
from tests.integration.web.client import Client
from tests.integration.web.test_trs_webhooks import KEY, Message, jwk
from tests.integration.web.world import World
from tests.storages import AsTheService, opened, opened_by_service


@pytest.fixture
def owner(migrated_postgresql_url: str) -> Iterator[Engine]:
    with opened(migrated_postgresql_url) as engine:
        yield engine


@pytest.fixture
def client(owner: Engine) -> Iterator[Client]:
    """The TRS before a service on PostgreSQL, where no message is kept before two are about to be."""
    both = Barrier(2)

    def wait(_: object, __: object, statement: str, *___: object) -> None:
        if statement.startswith("INSERT INTO teacher_messages"):
            both.wait(60)

    with opened_by_service(owner) as service, trs_server() as trs:
        trs.jwks = {"keys": [jwk(KEY, "key-1")]}
        event.listen(service, "before_cursor_execute", wait)
        storage = AsTheService(SqlStorage(service), SqlStorage(owner))
        yield Client(World(storage=storage, trs_url=trs.url))


def deliver(client: Client, first: Message, second: Message) -> list[int]:
    def send(message: Message) -> int:
        return client.http.post("/trs/webhooks", content=message.body, headers=message.headers).status_code

    with ThreadPoolExecutor(2) as two:
        return sorted(two.map(send, (first, second)))


def heard(owner: Engine) -> list[str]:
    with owner.connect() as connection:
        return list(connection.execute(select(teacher_messages.c.trn)).scalars())


def test_of_two_deliveries_of_one_request_at_once_one_is_taken(client: Client, owner: Engine) -> None:
    message = Message()
    message.signed()
    assert deliver(client, message, message) == [204, 401]
    assert heard(owner) == ["1234567"]


def test_two_tries_of_one_event_at_once_are_both_taken_and_tell_the_same(client: Client, owner: Engine) -> None:
    tries = Message(), Message()
    signatures = {message.signed()["Signature"] for message in tries}
    assert len(signatures) == 2
    assert deliver(client, *tries) == [204, 204]
    assert heard(owner) == ["1234567"] * 2
