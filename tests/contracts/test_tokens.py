"""Our tokens keep the contract of their port."""

from collections.abc import Callable

import pytest

from checkdata.adapters.memory import MemoryTokens
from checkdata.adapters.tokens import SecretTokens
from checkdata.domain import ports
from checkdata.domain.keys import Keys
from checkdata.testing import TokensContract


@pytest.fixture(params=[MemoryTokens, lambda: SecretTokens(Keys.of("a key that is only for these tests"))])
def tokens(request: pytest.FixtureRequest) -> ports.Tokens:
    make: Callable[[], ports.Tokens] = request.param
    return make()


class TestTokens(TokensContract):
    pass
