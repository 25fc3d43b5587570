"""A network that cuts, delays and trickles while people work, before the service and behind it."""

from pathlib import Path
from time import sleep
from typing import Final

import pytest
from sqlalchemy import make_url

from checkdata.adapters.sql.waits import PAGES
from tests.integration.email.smtp_server import free_port
from tests.integration.faults.all_is_well import all_is_well, nothing_is_left_open
from tests.integration.faults.bad_network import Weather, network
from tests.integration.faults.people import at_work, signed_in
from tests.integration.faults.processes import wait_until, workers_of
from tests.integration.faults.service import Service
from tests.integration.faults.test_readers import owner

STORM_SECONDS: Final = 4.0
WAY: Final = "sslmode=disable&gssencmode=disable"


def test_people_go_on_after_a_bad_network_before_the_service(service: Service) -> None:
    port = free_port()
    with network(port) as before:
        service.more["CHECKDATA_BASE_URL"] = f"http://127.0.0.1:{before.port}"
        with service.served("--workers", "2", port=port) as served, signed_in(served) as people:
            workers = workers_of(served.process.pid)
            with at_work(people):
                for weather in (Weather.CUTS, Weather.DELAYS, Weather.TRICKLES, Weather.STANDS, Weather.CUTS):
                    before.weather = weather
                    sleep(STORM_SECONDS)
                before.weather = Weather.FINE
            all_is_well(service, served, people, workers)


@pytest.mark.parametrize(
    ("weather", "seconds"),
    [(Weather.CUTS, 10), (Weather.DELAYS, 5), (Weather.TRICKLES, 5), (Weather.STANDS, PAGES.answer + 5)],
    ids=["cuts", "delays", "trickles", "stands"],
)
def test_people_go_on_after_a_bad_network_behind_the_service(
    postgresql: Service, weather: Weather, seconds: float
) -> None:
    direct = postgresql.database_url
    address = make_url(direct)
    with network(Path(str(address.query["host"])) / ".s.PGSQL.5432") as behind, owner(postgresql) as database:
        postgresql.database_url = f"postgresql://{address.username}@127.0.0.1:{behind.port}/{address.database}?{WAY}"
        with postgresql.served("--workers", "2") as served, signed_in(served) as people:
            workers = workers_of(served.process.pid)
            with at_work(people):
                behind.weather = weather
                sleep(seconds)
                behind.weather = Weather.FINE
            postgresql.database_url = direct
            all_is_well(postgresql, served, people, workers)
        wait_until(lambda: nothing_is_left_open(database))
