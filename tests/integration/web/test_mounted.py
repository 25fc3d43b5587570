"""Mounted below a path, the application leads nowhere else, and is the same in all else."""

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from time import sleep
from typing import Final

import pytest
from starlette.applications import Starlette
from starlette.routing import Match, Mount, Route
from starlette.testclient import TestClient

from checkdata.domain.messages import SignInLinkMessage
from checkdata.domain.people.organisations import PolicyTeam, SupportTeam
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.composition.use_cases import GivenPorts
from checkdata.web import create_app, read_settings
from tests.integration.web.client import event_loop, fields_of
from tests.integration.web.html import read
from tests.integration.web.programs import program_of
from tests.integration.web.reconciling import LIST, chosen
from tests.integration.web.test_two_at_once import BOB, TOM, TWICE, asked, proposed
from tests.integration.web.walking import Walker
from tests.integration.web.world import (
    ANN,
    BASE_URL,
    BEA,
    BODY,
    CAT,
    KEY,
    PAM,
    SAM,
    SUPPORT_EMAIL,
    World,
    a_record,
    with_feed_and_access,
)

PREFIX: Final = "/a/b"
TELLS_OF_LOOKS: Final = (f"{PREFIX}/support/audit", f"{PREFIX}/support/users/")
"""Pages that tell who looked, or signed in, since."""
PUBLIC: Final = (
    "/",
    "/sign-in",
    "/sign-in/check-your-email",
    "/sign-in/no-such-token",
    "/confirm/no-such-token",
    "/confirm",
    "/confirm/answered",
    "/confirm/sent-again",
    "/notes/stop/no-such-token",
    "/signed-out",
    "/no/such/page",
    "/static/no-such-file.css",
    "/?a=1&a=2",
    "/healthcheck",
    "/readiness",
    "/api/v1/openapi.json",
)
RECONCILE: Final = ("/reconcile/columns", "/reconcile/result", "/reconcile/result.csv", "/reconcile/result.xlsx")
OF_USERS: Final[Mapping[EmailAddress, Sequence[str]]] = {
    ANN: (
        *("/overview", "/participants?query=ad", "/participants/all-contacts.csv", "/changes?since=2024-01-01"),
        *("/help/request", "/files-to-delete", *RECONCILE),
    ),
    BEA: (
        *("/ects/overview", "/ects?query=ad", "/ects/all-contacts.csv", "/ects/changes?since=2024-01-01"),
        *(f"/ects{step}" for step in RECONCILE),
    ),
    CAT: ("/choose-role", "/choose-organisation?role=delivery_partner", "/change-role", "/related-service"),
    SAM: ("/support", "/support/recalls", "/support/users/add", "/support/audit/statement"),
    PAM: ("/policy",),
}


def a_world() -> World:
    """With a nomination and a proposal in it, and the people whom forms are sent by."""
    world = with_feed_and_access(World())
    for email, name, team in ((TOM, "Tom", SupportTeam()), (PAM, "Pam Orr", PolicyTeam()), (BOB, "Bob", BODY)):
        world.add(email, name, team)
    return world


def ports(world: World, prefix: str = PREFIX, key: str = KEY) -> GivenPorts:
    settings = {
        "CHECKDATA_BASE_URL": f"{BASE_URL}{prefix}",
        "CHECKDATA_SECRET_KEY": key,
        "CHECKDATA_SUPPORT_EMAIL": SUPPORT_EMAIL,
    }
    return GivenPorts(
        storage=world.storage,
        mailer=world.mailer,
        tokens=world.tokens,
        clock=world.clock,
        settings=read_settings(settings),
    )


def an_app(world: World, prefix: str = PREFIX, key: str = KEY) -> Starlette:
    given = ports(world, prefix, key)
    return create_app(given.storage, given.mailer, given.tokens, given.clock, given.settings)


@pytest.fixture(scope="module")
def mounted() -> Sequence[Walker]:
    """Strangers' walk and one of each user, over an application of their own."""
    return list(walks())


def walks() -> Iterator[Walker]:
    for email, paths in ((None, PUBLIC), *OF_USERS.items()):
        world = a_world()
        proposed(world)
        asked(world)
        walker = mounted_walker(world)
        if email is not None:
            walker.sign_in(email)
        walker.walk(*paths)
        yield walker


def mounted_walker(world: World) -> Walker:
    return Walker(Starlette(routes=[Mount(PREFIX, an_app(world))]), world, PREFIX)


def test_no_link_form_file_or_redirect_leads_out_of_the_prefix(mounted: Sequence[Walker]) -> None:
    named = {address for walker in mounted for address in walker.named}
    ours = {address for address in named if address.startswith("/")}
    assert len(ours) > 100
    assert {address for address in ours if not address.startswith(f"{PREFIX}/")} == set()
    others = {re.match(r"https?://([^/]*)", address) for address in named - ours}
    assert {found[1] for found in others if found} & {"check.example"} == set()


def test_each_form_leads_to_a_page_that_takes_it(mounted: Sequence[Walker]) -> None:
    routes = an_app(World(), "").routes
    posted_to = {address for walker in mounted for address in walker.posted_to}
    assert len(posted_to) > 15
    for address in posted_to:
        scope = {"type": "http", "method": "POST", "path": address.removeprefix(PREFIX).partition("?")[0]}
        assert any(route.matches(scope)[0] is Match.FULL for route in routes), address


def test_the_walk_comes_to_every_page_that_a_user_can_open(mounted: Sequence[Walker]) -> None:
    seen = {address.removeprefix(PREFIX).partition("?")[0] for walker in mounted for address in walker.pages}
    never = {
        route.path
        for route in an_app(World(), "").routes
        if isinstance(route, Route)
        and "GET" in (route.methods or ())
        and route.path not in TWICE
        and not any(route.matches({"type": "http", "method": "GET", "path": path})[0] is Match.FULL for path in seen)
    }
    assert never == {"/mailbox", "/auth/dfe/callback"}  # which only the demo and DfE Sign-in have


@pytest.mark.parametrize("path", TWICE)
def test_a_form_is_sent_and_answered_below_the_prefix(path: str) -> None:
    world, twice = a_world(), TWICE[path]
    place = twice.page(world)
    walker = mounted_walker(world)
    walker.sign_in(twice.who[0])
    if twice.who[0] == CAT:
        walker.submit("/choose-role", "/choose-role", role="delivery_partner")
    page, path = read(walker.get(place).text), place.partition("?")[0]
    if twice.through is not None:
        page = read(walker.send(page, place, path, **twice.through).text)
    action = path if twice.action is None else twice.action
    if twice.sends:
        leads = [form.attributes.get("action", "") for form in page.all("form")]
        action = next(each for each in leads if each.endswith(twice.sends)).removeprefix(PREFIX)
    answer = walker.send(page, place, action, **twice.typed[0])
    assert answer.status_code == twice.yes
    assert answer.headers.get("location", PREFIX).startswith(PREFIX)
    assert [address for address in walker.named if address.startswith("/") and not address.startswith(PREFIX)] == []


def test_a_comparison_leads_below_the_prefix() -> None:
    walker = mounted_walker(a_world())
    walker.sign_in(ANN)
    form = fields_of(read(walker.get("/reconcile").text).one("form", action=f"{PREFIX}/reconcile"))
    answer = walker.http.post(f"{PREFIX}/reconcile", data=form, files={"file": ("list.csv", LIST.encode())})
    walker.note(answer)
    columns = chosen(read(answer.text))
    walker.note(walker.http.post(f"{PREFIX}/reconcile/result", data=columns))
    assert {f"{PREFIX}/reconcile/columns", f"{PREFIX}/reconcile/result.csv"} <= walker.posted_to
    assert [address for address in walker.named if address.startswith("/") and not address.startswith(PREFIX)] == []


def test_unmounted_the_same_pages_are_the_same_but_for_the_prefix(mounted: Sequence[Walker]) -> None:
    for below, email in zip(mounted, (None, *OF_USERS), strict=True):
        alone = Walker(an_app(below.world, ""), below.world)
        if email is not None:
            alone.sign_in(email)
        for place, html in below.pages.items():
            if html and not place.startswith(TELLS_OF_LOOKS):
                shown = alone.shown(place.removeprefix(PREFIX))
                assert html.replace(f"{PREFIX}/", "/").replace("__Secure-checkdata_a_b_", "__Host-checkdata_") == shown


def test_below_a_path_nothing_is_said_of_the_subdomains_of_the_service_around_it() -> None:
    answer = mounted_walker(a_world()).get("/help/roles")
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_the_server_of_another_service_logs_no_address_that_is_asked_for() -> None:
    log = logging.getLogger("uvicorn.access")
    before = log.level
    try:
        log.setLevel(logging.INFO)
        an_app(a_world())
        assert not log.isEnabledFor(logging.INFO)
    finally:
        log.setLevel(before)


def test_every_cookie_is_for_the_prefix_only() -> None:
    world = a_world()
    walker = mounted_walker(world)
    asked = [walker.get("/overview"), walker.get("/sign-in"), walker.submit("/sign-in", "/sign-in", email=str(ANN))]
    asked += [walker.submit(world.link(ANN), ""), walker.submit("/overview", "/sign-out")]
    cookies = [cookie for answer in asked for cookie in answer.headers.get_list("set-cookie")]
    assert len(cookies) > 5
    for cookie in cookies:
        assert cookie.startswith("__Secure-checkdata_a_b_")
        assert {f"Path={PREFIX}", "Secure", "HttpOnly"} <= {part.strip() for part in cookie.split(";")}


def test_a_user_comes_back_to_the_page_that_they_asked_for() -> None:
    world = a_world()
    walker = mounted_walker(world)
    assert walker.get("/participants?query=ada").headers["location"] == f"{PREFIX}/sign-in"
    answer = walker.submit(world.link(ANN), "")
    assert answer.headers["location"] == f"{PREFIX}/participants?query=ada"


def test_signing_out_leaves_what_the_application_around_it_stored_in_the_browser() -> None:
    world = a_world()
    walker = mounted_walker(world)
    walker.sign_in(ANN)
    assert walker.submit("/overview", "/sign-out").headers["clear-site-data"] == '"cache"'


def test_links_in_mails_lead_below_the_prefix() -> None:
    world = a_world()
    given = ports(world)
    world.sign_in.request_link(str(ANN), "192.0.2.1")
    while given.send_mail.send_due():
        pass
    links = [message.url for _, message in world.mailer.sent if isinstance(message, SignInLinkMessage)]
    assert links
    assert all(link.startswith(f"{BASE_URL}{PREFIX}/sign-in/") for link in links)


@pytest.mark.parametrize(
    ("root_path", "before"),
    [("", PREFIX), (PREFIX, PREFIX), (f"{PREFIX}/", PREFIX)],
    ids=["as it is", "named", "with a slash"],
)
def test_a_proxy_may_name_the_prefix_or_pass_the_address_on_as_it_is(root_path: str, before: str) -> None:
    client = TestClient(an_app(a_world()), base_url=BASE_URL, root_path=root_path)
    client.portal = event_loop()
    assert client.get(f"{before}/help/roles").status_code == 200
    assert client.get(before).status_code == 200
    assert client.get("/help/roles").status_code == 404


@pytest.mark.parametrize("path", [f"{PREFIX}/help/roles", "/b/help/roles"], ids=["as it is", "without its beginning"])
def test_a_proxy_may_take_away_what_the_application_around_it_names(path: str) -> None:
    around = Starlette(routes=[Mount("/b", an_app(a_world()))])
    client = TestClient(around, base_url=BASE_URL, root_path="/a")
    client.portal = event_loop()
    assert client.get(path).status_code == 200


def test_a_path_outside_the_base_address_is_logged_without_the_path(caplog: pytest.LogCaptureFixture) -> None:
    client = TestClient(an_app(a_world()), base_url=BASE_URL)
    client.portal = event_loop()
    assert client.get("/sign-in/a-token").status_code == 404
    assert "asked for a path outside CHECKDATA_BASE_URL" in caplog.messages
    assert "a-token" not in str([record.__dict__ for record in caplog.records if record.name == "checkdata.web"])


def test_mounted_elsewhere_than_the_base_address_says_it_finds_nothing_and_logs_why(
    caplog: pytest.LogCaptureFixture,
) -> None:
    client = TestClient(Starlette(routes=[Mount("/else", an_app(a_world()))]), base_url=BASE_URL)
    client.portal = event_loop()
    assert client.get("/else/help/roles").status_code == 404
    assert "mounted elsewhere than CHECKDATA_BASE_URL says" in caplog.messages


@pytest.mark.parametrize("prefix", [PREFIX, ""], ids=["below a path", "by its host"])
def test_what_the_application_around_it_notes_of_a_request_is_not_ours(prefix: str) -> None:
    seen: list[object] = []
    app = an_app(a_world(), prefix)

    async def around(scope, receive, send):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        scope["state"] = {"visit": "of the other"}
        seen.append(scope["state"])
        await app({**scope, "root_path": prefix}, receive, send)

    client = TestClient(around, base_url=BASE_URL)
    client.portal = event_loop()
    assert client.get(f"{prefix}/no/such/page").status_code == 404
    assert seen == [{"visit": "of the other"}]


def test_the_next_page_of_the_api_lies_below_the_prefix() -> None:
    world = a_world()
    world.load([a_record(number, f"Person {number}") for number in range(100, 150)])
    program = program_of(world)
    walker = mounted_walker(world)
    key = {"Authorization": f"Bearer {program.secret}"}
    following, read = f"{PREFIX}/api/v1/participants?per_page=20", list[str]()
    while following:
        assert following.startswith(f"{PREFIX}/api/v1/participants?")
        page = walker.http.get(following, headers=key).json()
        read += [row["participant_id"] for row in page["participants"]]
        following = page["next"]
    assert len(read) > 50
    assert walker.get("/api/v1/openapi.json").json()["servers"] == [{"url": PREFIX}]


def test_two_mounted_side_by_side_share_no_session_key_or_limit() -> None:
    north, south = a_world(), a_world()
    routes = [Mount("/a/b", an_app(south, "/a/b", f"{KEY} other")), Mount("/a", an_app(north, "/a"))]
    one = Walker(Starlette(routes=routes), north, "/a")
    one.sign_in(ANN)
    other = Walker(one.app, south, "/a/b")
    other.http = one.http  # the same browser
    assert other.get("/overview").headers["location"] == "/a/b/sign-in"
    other.sign_in(SAM)
    assert one.get("/overview").status_code == 200
    assert other.get("/support").status_code == 200
    token = re.search(r'name="csrf_token" value="([^"]+)"', one.get("/overview").text)
    assert token
    assert one.http.post("/a/b/sign-out", data={"csrf_token": token[1]}).status_code == 403
    assert other.submit("/support", "/sign-out").status_code == 303
    assert one.get("/overview").status_code == 200
    asked = [one.submit("/sign-in", "/sign-in", email="stranger@north.example").status_code for _ in range(60)]
    assert asked[-1] == 429
    assert other.submit("/sign-in", "/sign-in", email="stranger@north.example").status_code == 303


def test_its_lifespan_sends_mail() -> None:
    world = a_world()
    app = an_app(world, "")
    world.sign_in.request_link(str(ANN), "192.0.2.1")
    with TestClient(app, base_url=BASE_URL):
        while not any(isinstance(message, SignInLinkMessage) for _, message in world.mailer.sent):
            sleep(0.01)
