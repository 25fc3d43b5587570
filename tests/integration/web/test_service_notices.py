"""A notice on every page and the maintenance page, both set by support (security.md 54)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from checkdata.adapters.memory import MemoryStorage
from checkdata.adapters.memory.unit_of_work import MemoryUnitOfWork
from checkdata.domain.errors import StorageUnavailable
from checkdata.domain.notices import NoticeKind
from checkdata.domain.people.organisations import SupportTeam
from checkdata.domain.services.operations.service_notices import ServiceNotices
from checkdata.entrypoints.web.notice_board import NoticeBoard
from tests.integration.web.client import Client, location
from tests.integration.web.html import Element
from tests.integration.web.world import ANN, BEA, SAM, World

NOTICE = "/support/notice"
UNTIL = {"until-day": "4", "until-month": "6", "until-year": "2024"}
BANNER = {"kind": "banner", "text": "Data are <late>", **UNTIL}
CLOSED = {"kind": "maintenance", "text": "Back on Wednesday", **UNTIL, "until-time": "18:00"}


@pytest.fixture
def sam(client: Client) -> Client:
    """Sam of support, signed in."""
    client.sign_in(SAM)
    return client


def banners(page: Element) -> list[str]:
    return [banner.one("p").text for banner in page.all("div", **{"aria-labelledby": "notice-banner"})]


def set_notice(sam: Client, **form: str) -> Element:
    return sam.get(location(sam.submit(sam.get(NOTICE), NOTICE, **form)))


def test_a_notice_stands_on_every_page_for_its_time_and_is_escaped(
    sam: Client, world: World, new_client: Callable[[], Client]
) -> None:
    ann = new_client()
    ann.sign_in(ANN)
    set_notice(sam, **BANNER)
    world.pass_time(seconds=5)
    for path in ("/", "/participants", "/help/contact"):
        assert banners(ann.get(path)) == ["Data are <late>"]
    assert banners(ann.get("/no/such/page", 404)) == ["Data are <late>"]
    world.pass_time(days=2)
    assert banners(ann.get("/")) == []


def test_a_notice_to_come_is_not_shown_yet_and_can_be_ended(sam: Client, world: World) -> None:
    page = set_notice(sam, **BANNER, **{"from-day": "4", "from-month": "6", "from-year": "2024", "from-time": "9:00"})
    assert "Notice on every page, not shown yet" in page.text
    assert "From 4 June 2024 at 9:00am until 4 June 2024 at 11:59pm" in page.text
    assert banners(sam.get("/")) == []
    page = sam.get(location(sam.submit(page, "/support/notice/end")))
    assert "not shown yet" not in page.text
    world.pass_time(days=1)
    assert banners(sam.get("/")) == []


def test_during_maintenance_every_page_answers_503_with_the_text_and_when_to_come_back(
    sam: Client, world: World, new_client: Callable[[], Client]
) -> None:
    ann = new_client()
    ann.sign_in(ANN)
    set_notice(sam, **CLOSED)
    world.pass_time(seconds=5)
    for path in ("/", "/participants", "/participants.csv", "/help/contact", "/help/request"):
        answer = ann.http.get(path)
        assert answer.status_code == 503
        left = world.now.replace(day=4, hour=17, minute=0, second=0) - world.now
        assert answer.headers["Retry-After"] == str(round(left.total_seconds()))
        assert "Back on Wednesday" in answer.text
        assert "from 4 June 2024 at 6:00pm" in answer.text
    world.pass_time(days=2)
    ann.sign_in(ANN)
    ann.get("/participants")


def test_the_maintenance_page_has_no_link_that_does_not_answer_but_that_of_the_service(
    sam: Client, world: World, new_client: Callable[[], Client]
) -> None:
    ann, stranger = new_client(), new_client()
    ann.sign_in(ANN)
    set_notice(sam, **CLOSED)
    world.pass_time(seconds=5)
    for page in (ann.get("/participants", 503), stranger.get("/", 503)):
        links = {link.attributes["href"] for link in page.all("a")} - {"#main-content"}
        assert {link for link in links if not link.startswith("mailto:")} == {"/"}
    assert ann.get("/", 503).one("form", id="sign-out").one("button").text == "Sign out"


def test_a_user_of_support_leaves_the_maintenance_page_by_a_change_of_role(
    sam: Client, world: World, new_client: Callable[[], Client]
) -> None:
    world.add(ANN, "Ann Lee", SupportTeam())
    ann = new_client()
    ann.sign_in(ANN)
    ann.choose("delivery_partner")
    set_notice(sam, **CLOSED)
    world.pass_time(seconds=5)
    assert location(ann.http.get(ann.get("/participants", 503).link("Change role"))) == "/choose-role"
    assert ann.choose("support") == "/support?acting=support:"


def test_support_signs_in_and_works_during_maintenance_and_ends_it(
    sam: Client, world: World, new_client: Callable[[], Client]
) -> None:
    set_notice(sam, **CLOSED)
    other = new_client()
    assert other.sign_in(SAM) == "/support?acting=support:"
    page = other.get(NOTICE)
    assert "Maintenance page, shown now" in page.text
    bea = new_client()
    bea.get(bea.sign_in(BEA), 503)
    other.submit(page, "/support/notice/end")
    world.pass_time(seconds=5)
    bea.get("/ects")


def test_probes_are_answered_during_maintenance(sam: Client) -> None:
    set_notice(sam, **CLOSED)
    assert sam.http.get("/healthcheck").status_code == 200


@pytest.mark.parametrize(
    ("form", "field", "fault"),
    [
        ({"kind": ""}, "kind", "Select where it is shown"),
        ({"text": " "}, "text", "Enter the text of the notice"),
        ({"text": "x" * 501}, "text", "Text must be 500 characters or fewer"),
        ({"until-day": "", "until-month": "", "until-year": ""}, "until-day", "Enter the end date"),
        ({"until-day": "31"}, "until-day", "End date must be a real date, like 27 3 2024"),
        ({"until-day": "1"}, "until-day", "The end must be in the future, and later than the start."),
        ({"until-time": "25:00"}, "until-time", "Time must be like 14:30"),
        ({"from-time": "9:00"}, "from-day", "Start date must be there if there is a time"),
    ],
)
def test_what_is_not_understood_is_told_at_its_field(sam: Client, form: dict[str, str], field: str, fault: str) -> None:
    page = sam.submitted(sam.get(NOTICE), NOTICE, 422, **(BANNER | form))
    assert page.one("div", role="alert").link(fault) == f"#{field}"
    assert "shown now" not in sam.get(NOTICE).text


class Ended(MemoryStorage):
    """A storage that does not answer."""

    def reading(self) -> MemoryUnitOfWork:
        raise StorageUnavailable


def test_where_the_database_does_not_answer_what_was_found_last_is_shown(world: World) -> None:
    notices = ServiceNotices(storage=world.storage, clock=world.clock)
    notices.set(NoticeKind.BANNER, "Late", ends_at=world.now + timedelta(hours=1))
    board = NoticeBoard(notices)
    board.look()
    board.notices = ServiceNotices(storage=Ended(), clock=world.clock)
    world.pass_time(minutes=1)
    board.look()
    assert [notice.text for notice in board.shown()] == ["Late"]
