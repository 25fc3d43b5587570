"""What Sentry is sent: kinds and places of errors, and nothing of a person (docs/monitoring.md)."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest

from checkdata.domain.errors import StorageUnavailable
from checkdata.entrypoints.sentry_reports import report_errors
from tests.integration.web.client import Client
from tests.integration.web.http_listener import Listener, listening
from tests.integration.web.world import ANN, World, with_feed_and_access

RELEASE: Final = "3f2a9c1"
TRN: Final = "7654321"
NAME: Final = "Siobhan Quill"
ADDRESS: Final = "siobhan.quill@oak.example"
PERSONAL: Final = (
    TRN,
    NAME,
    "Siobhan",
    ADDRESS,
    str(ANN),
    "192.0.2.1",
    "Cookie",
    "cookie",
    "search=",
    "csrf",
    "Mozilla",
)


KNOWN: Final[dict[str, Any]] = {}


class Careless:
    """A storage that fails with all that it knows in its text and in its variables."""

    def __init__(self, inner: Any) -> None:  # noqa: ANN401 - any storage
        self.inner = inner
        self.fails = False

    def reading(self) -> Any:  # noqa: ANN401 - a unit of work
        return self._fail_or("reading")

    def writing(self) -> Any:  # noqa: ANN401 - as above
        return self._fail_or("writing")

    def at_once(self) -> Any:  # noqa: ANN401 - as above
        return self._fail_or("at_once")

    def _fail_or(self, kind: str) -> Any:  # noqa: ANN401 - a unit of work
        teacher = {"trn": TRN, "name": NAME, "email": ADDRESS}
        if not self.fails:
            return getattr(self.inner, kind)()
        try:
            return KNOWN[teacher["email"]]
        except KeyError as error:
            raise RuntimeError(f"no {NAME}, TRN {TRN}") from error


@contextmanager
def reporting(dsn: str) -> Iterator[None]:
    reports = report_errors(dsn, release=RELEASE, environment="staging")
    try:
        yield
    finally:
        logging.getLogger().removeHandler(reports)
        reports.close()


@pytest.fixture
def sentry() -> Iterator[Listener]:
    with listening() as listener:
        dsn = f"{listener.address.replace('http://', 'http://key@')}/42"
        with reporting(dsn):
            yield listener


def event_in(listener: Listener) -> tuple[dict[str, Any], str]:
    """The event of the next envelope, and all of its text."""
    sent = listener.next()
    assert sent.path == "/api/42/envelope/"
    _head, _item, event = sent.lines
    return event, sent.body.decode()


def test_an_error_of_a_page_is_sent_by_kind_place_route_and_release_and_nothing_of_its_user(sentry: Listener) -> None:
    world = with_feed_and_access(World())
    careless = Careless(world.storage)
    world.storage = careless
    client = Client(world)
    client.sign_in(ANN)
    careless.fails = True
    headers = {"User-Agent": f"Mozilla {NAME}", "Referer": f"https://check.example/?search={TRN}"}
    answer = client.http.get(f"/participants?search={TRN}+{NAME}", headers=headers)
    assert answer.status_code == 500
    event, text = event_in(sentry)
    assert event["release"] == RELEASE
    assert event["environment"] == "staging"
    assert event["tags"]["request"] == answer.headers["x-request-id"]
    assert (event["tags"]["method"], event["tags"]["route"]) == ("GET", "/participants")
    kinds = [value["type"] for value in event["exception"]["values"]]
    assert kinds == ["KeyError", "RuntimeError"]
    frames = event["exception"]["values"][-1]["stacktrace"]["frames"]
    assert frames[-1]["function"] == "_fail_or"
    assert any(frame["in_app"] for frame in frames)
    assert not {"vars", "context_line"} & {key for frame in frames for key in frame}
    assert not {"request", "user", "breadcrumbs", "modules"} & event.keys()
    for personal in PERSONAL:
        assert personal not in text


def test_a_form_that_fails_tells_nothing_of_what_was_typed(sentry: Listener) -> None:
    world = World()
    careless = Careless(world.storage)
    world.storage = careless
    client = Client(world)
    page = client.get("/sign-in")
    careless.fails = True
    client.submit(page, "/sign-in", 500, email=ADDRESS)
    event, text = event_in(sentry)
    assert (event["tags"]["method"], event["tags"]["route"]) == ("POST", "/sign-in")
    for personal in PERSONAL:
        assert personal not in text


def test_what_other_loggers_say_is_not_sent_because_it_may_quote_anything(sentry: Listener) -> None:
    logging.getLogger("asyncio").error("Task exception was never retrieved: %s", ADDRESS)
    event, text = event_in(sentry)
    assert event["logger"] == "asyncio"
    assert ADDRESS not in text


def test_warnings_and_what_was_told_already_are_not_sent(sentry: Listener) -> None:
    logging.getLogger("checkdata.web").warning("nothing to see")
    logging.getLogger("checkdata.web").error("the last", extra={"details": {"cause": StorageUnavailable.__name__}})
    event, _ = event_in(sentry)
    assert event["logentry"]["message"] == "the last"
    assert event["tags"]["cause"] == "StorageUnavailable"
    assert not sentry.all()


def test_a_sentry_that_does_not_answer_delays_nothing() -> None:
    with reporting("http://key@127.0.0.1:9/42"):
        for _ in range(300):
            logging.getLogger("checkdata.web").error("failure")
