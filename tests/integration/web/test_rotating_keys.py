"""A new secret key, with the old one after it, ends nothing that users have begun."""

from collections.abc import Callable, Iterator

import pytest
from starlette.testclient import TestClient

from checkdata.adapters.memory import MemoryStorage
from checkdata.adapters.tokens import SecretTokens
from checkdata.domain.keys import Keys
from checkdata.domain.ports import Storage
from checkdata.domain.sign_in.link_limits import LinkLimits
from checkdata.entrypoints.web.api.endpoint import PARTICIPANTS
from tests.integration.web.client import Client, event_loop, fields_of
from tests.integration.web.html import Element
from tests.integration.web.programs import program_of
from tests.integration.web.reconciling import LIST, chosen, upload
from tests.integration.web.test_answer_by_link import asked_by_link, newest_link, opened
from tests.integration.web.world import ANN, World, with_feed_and_access
from tests.storages import AsTheService, storage_on
from tests.storages import opened as opened_database

OLD = Keys.of("the key of yesterday, which only the tests know")
BOTH = Keys.of("the key of today, which only the tests know", "the key of yesterday, which only the tests know")
NEW = Keys.of("the key of today, which only the tests know")


def start_again(client: Client, keys: Keys) -> None:
    """Stop the service and start it with other keys; the browser keeps what it has."""
    world, cookies = client.world, client.http.cookies
    world.keys, world.tokens = keys, SecretTokens(keys)
    client.http = TestClient(
        world.app(), base_url=world.base_url, follow_redirects=False, client=(client.address, 50_000), cookies=cookies
    )
    client.http.portal = event_loop()


Goes = Callable[[], bool]
"""Whether what was begun goes on."""


def a_session(client: Client) -> Goes:
    client.sign_in(ANN)
    return lambda: client.http.get("/participants").status_code == 200


def a_link_and_its_form(client: Client) -> Goes:
    page = client.get(client.world.link(ANN))
    return lambda: _answer(client, page, "") == 303


def a_form(client: Client) -> Goes:
    page = client.get("/sign-in")
    return lambda: _answer(client, page, "/sign-in", email=str(ANN)) == 303


def a_place_that_was_asked_for(client: Client) -> Goes:
    client.http.get("/participants?query=ada")
    return lambda: client.sign_in(ANN) == "/participants?query=ada"


def a_list_to_compare(client: Client) -> Goes:
    client.sign_in(ANN)
    columns = upload(client, LIST)
    return lambda: client.http.post("/reconcile/result", data=chosen(columns)).status_code == 200


def a_confirmation_link(client: Client) -> Goes:
    asked_by_link(client.world)
    page = client.get(newest_link(client.world))
    return lambda: _answer(client, page, "") == 303


def a_confirmation(client: Client) -> Goes:
    asked_by_link(client.world)
    page = opened(client, newest_link(client.world))
    return lambda: _answer(client, page, "/confirm", answer="confirmed") == 303


def a_limit(client: Client) -> Goes:
    client.world.link(ANN)
    return lambda: not mailed_again(client.world)


def an_api_key_and_a_cursor(client: Client) -> Goes:
    program = program_of(client.world)
    following = f"{PARTICIPANTS}?updated_since={program.read(PARTICIPANTS)['updated_since']}"
    headers = {"Authorization": f"Bearer {program.secret}"}
    return lambda: client.http.get(following, headers=headers).status_code == 200


BEGUN = (
    an_api_key_and_a_cursor,
    a_session,
    a_link_and_its_form,
    a_form,
    a_place_that_was_asked_for,
    a_list_to_compare,
    a_confirmation_link,
    a_confirmation,
    a_limit,
)


def _answer(client: Client, page: Element, action: str, **changes: str) -> int:
    form = page.one("form", action=action) if action else page.all("form")[-1]
    return client.http.post(action or client.place, data=fields_of(form) | changes).status_code


def mailed_again(world: World) -> bool:
    before = len(world.mails_sent())
    world.sign_in.request_link(str(ANN), "192.0.2.1")
    return len(world.mails_sent()) > before


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def storage(request: pytest.FixtureRequest) -> Iterator[Storage]:
    if request.param == "memory":
        yield MemoryStorage()
        return
    url: str = request.getfixturevalue(f"migrated_{request.param}_url")
    with opened_database(url) as engine, storage_on(engine, AsTheService) as storage:
        yield storage


@pytest.fixture
def client(storage: Storage) -> Client:
    limits = LinkLimits(per_address=1)
    return Client(with_feed_and_access(World(storage=storage, keys=OLD, tokens=SecretTokens(OLD), limits=limits)))


@pytest.mark.parametrize("begin", BEGUN)
def test_what_was_begun_goes_on_after_a_new_key_with_the_old_one_behind_it(
    client: Client, begin: Callable[[Client], Goes]
) -> None:
    goes_on = begin(client)
    start_again(client, BOTH)
    assert goes_on()


@pytest.mark.parametrize("begin", BEGUN)
def test_what_was_begun_ends_with_its_key(client: Client, begin: Callable[[Client], Goes]) -> None:
    goes_on = begin(client)
    start_again(client, NEW)
    assert not goes_on()


@pytest.mark.parametrize("begin", BEGUN)
def test_what_is_begun_while_both_are_listed_is_the_new_keys(client: Client, begin: Callable[[Client], Goes]) -> None:
    start_again(client, BOTH)
    goes_on = begin(client)
    start_again(client, NEW)
    assert goes_on()
