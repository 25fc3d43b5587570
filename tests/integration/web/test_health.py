import pytest

from checkdata.domain.errors import NotMigrated, StorageError, StorageUnavailable
from tests.integration.web.client import Client, check_laws
from tests.integration.web.test_what_goes_wrong import Failing
from tests.integration.web.world import World


def test_a_service_that_can_serve_says_ok(client: Client) -> None:
    response = client.http.get("/healthcheck")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("error", "status"), [(StorageUnavailable("db-1"), "unavailable"), (NotMigrated("db-1"), "not migrated")]
)
def test_one_that_can_not_says_why(error: StorageError, status: str) -> None:
    client = Client(World(storage=Failing(error)))
    response = client.http.get("/healthcheck")
    assert (response.status_code, response.json()) == (503, {"status": status})
    check_laws(response, client.world)
