"""What holds again after any fault: all users work, nothing was done twice, no user was signed out, nothing is left."""

from collections import Counter
from email import message_from_bytes

import psycopg

from tests.integration.cli.web_client import ask_for_link
from tests.integration.faults.people import People
from tests.integration.faults.processes import wait_until, workers_of
from tests.integration.faults.service import BEN, SAM, Served, Service
from tests.integration.faults.test_races import open_service
from tests.integration.faults.test_workers import answers

_LEFT_OPEN = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND xact_start < now()"


def all_is_well(service: Service, served: Served, people: People, workers: list[int]) -> None:
    """See that it is so, and that the workers are those of the beginning."""
    people.all_work_again()
    _sign_in_again(served)
    assert people.wrong == {}
    assert workers_of(served.process.pid) == workers
    assert all(answers(served.address) for _ in range(20))
    with open_service(service) as composed, composed.storage.reading() as work:
        found = Counter(str(each.nominee.email) for each in work.nominations.open())
    assert {email for email, status in people.nominated.items() if status == 303} <= set(found)
    assert set(found.values()) == {1}
    wait_until(lambda: _message_ids(served).total() >= sum(people.links_asked_for))
    assert set(_message_ids(served).values()) == {1}


def nothing_is_left_open(database: psycopg.Connection) -> bool:
    """Whether no connection of this database is in a transaction."""
    return database.execute(_LEFT_OPEN).fetchone() == (0,)


def _message_ids(served: Served) -> Counter[str]:
    """How often each mail went out."""
    return Counter(str(message_from_bytes(path.read_bytes())["Message-ID"]) for path in served.mailbox.glob("*.eml"))


def _sign_in_again(served: Served) -> None:
    """A user who was not there before signs in."""
    with served.signed_in(BEN) as user:
        assert user.get("/participants").status_code == 200
    with served.client() as client:
        ask_for_link(client, SAM)
