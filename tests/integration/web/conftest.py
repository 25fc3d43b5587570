"""The application over memory, with a feed and its users, and a user at a browser."""

from collections.abc import Callable

import pytest

from tests.integration.web.client import Client
from tests.integration.web.programs import Program, program_of
from tests.integration.web.world import ANN, World, with_feed_and_access


@pytest.fixture
def world() -> World:
    return with_feed_and_access(World())


@pytest.fixture
def client(world: World) -> Client:
    return Client(world)


@pytest.fixture
def ann(client: Client) -> Client:
    """Ann, signed in for the north."""
    client.sign_in(ANN)
    return client


@pytest.fixture
def new_client(world: World) -> Callable[[], Client]:
    """Another browser of the same application."""
    return lambda: Client(world)


@pytest.fixture
def program(world: World) -> Program:
    """A program with a key under Ann's access."""
    return program_of(world)
