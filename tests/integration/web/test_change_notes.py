"""Users choose notes of changes, and stop them by one click in the mail (RFC 8058; rules.md, *Notes of changes*)."""

from collections.abc import Callable

import pytest

from checkdata.domain.messages import ChangesCountedMessage
from checkdata.domain.people.change_notes import NoteFrequency
from tests.integration.web.client import Client, location
from tests.integration.web.world import ANN, BEA, BODY, NORTH, RECORDS, SAM, World, a_record, acting


def choose(client: Client, often: str) -> str:
    page = client.get(client.get("/changes").link("Get emails about changes"))
    return client.get(location(client.submit(page, "/changes/emails", often=often))).one("div", role="alert").text


def is_chosen(world: World) -> NoteFrequency | None:
    return world.services().note_changes.chosen(acting(world, ANN, NORTH))


def stop_link(world: World) -> str:
    """The link in a mail that tells of one change."""
    world.pass_time(days=1)
    world.load([*RECORDS, a_record(9, "Nia New")])
    world.pass_time(days=1)
    assert world.services().note_changes.queue_due() == 1
    [told] = [message for _, message in world.mails_sent() if isinstance(message, ChangesCountedMessage)]
    assert told.url.startswith("/changes?since=")
    return told.stop_url


def test_what_is_chosen_is_saved_and_shown(ann: Client, world: World) -> None:
    for often in ("daily", "weekly", "never"):
        assert "Saved" in choose(ann, often)
        page = ann.get("/changes/emails")
        [checked] = [radio for radio in page.all("input", type="radio") if "checked" in radio.attributes]
        assert checked.attributes["value"] == often
    assert is_chosen(world) is None


def test_a_choice_that_is_none_is_refused(ann: Client, world: World) -> None:
    for often in ("", "hourly"):
        page = ann.submitted(ann.get("/changes/emails"), "/changes/emails", 422, often=often)
        assert page.link("Select how often we email you") == "#often"
    assert is_chosen(world) is None


def test_a_body_chooses_for_its_own_list(new_client: Callable[[], Client], world: World) -> None:
    bea = new_client()
    bea.sign_in(BEA)
    page = bea.get(bea.get("/ects/changes").link("Get emails about changes"))
    bea.submit(page, "/ects/changes/emails", often="daily")
    assert world.services().note_changes.chosen(acting(world, BEA, BODY)) is NoteFrequency.DAILY


def test_one_click_of_a_mail_program_stops_them_without_signing_in_and_without_a_redirect(
    ann: Client, world: World, new_client: Callable[[], Client]
) -> None:
    choose(ann, "daily")
    link = stop_link(world)
    form = {"List-Unsubscribe": "One-Click"}
    for _ in range(2):
        answer = new_client().http.post(link, data=form, headers={"Origin": "https://mail.example"})
        assert answer.status_code == 200
        assert "Emails stopped" in answer.text
    assert is_chosen(world) is None


def test_a_click_as_a_form_of_parts_stops_them_too(ann: Client, world: World, new_client: Callable[[], Client]) -> None:
    choose(ann, "daily")
    answer = new_client().http.post(stop_link(world), files={"List-Unsubscribe": (None, "One-Click")})
    assert answer.status_code == 200
    assert is_chosen(world) is None


def test_a_click_while_the_service_is_closed_stops_them(
    ann: Client, world: World, new_client: Callable[[], Client]
) -> None:
    choose(ann, "daily")
    link = stop_link(world)
    sam, until = new_client(), {"until-day": "9", "until-month": "6", "until-year": "2024", "until-time": "18:00"}
    sam.sign_in(SAM)
    sam.submit(sam.get("/support/notice"), "/support/notice", kind="maintenance", text="Back soon", **until)
    browser = new_client()
    world.pass_time(seconds=5)
    assert browser.http.get("/participants").status_code == 503
    assert browser.http.post(link, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert is_chosen(world) is None


def test_the_link_of_a_mail_leads_to_as_many_changes_as_it_told(ann: Client, world: World) -> None:
    choose(ann, "daily")
    world.pass_time(days=1)
    world.load([*RECORDS, a_record(9, "Nia New")])
    world.pass_time(minutes=1)
    world.services().note_changes.queue_due()
    world.mails_sent()
    world.pass_time(hours=1)
    world.load([*RECORDS, a_record(9, "Nia New"), a_record(10, "Ned New"), a_record(11, "Nat New")])
    world.pass_time(days=1)
    assert world.services().note_changes.queue_due() == 1
    told = [message for _, message in world.mails_sent() if isinstance(message, ChangesCountedMessage)][-1]
    browser = Client(world)
    browser.sign_in(ANN)
    assert told.counted.changes == 2
    assert browser.get(told.url).one("h2", id="found").text.startswith("2 changes since 4 June 2024")


def test_opening_the_link_changes_nothing_and_its_button_stops_them(
    ann: Client, world: World, new_client: Callable[[], Client]
) -> None:
    choose(ann, "daily")
    link, browser = stop_link(world), new_client()
    page = browser.get(link)
    assert "North Hub, delivery partner. Your access stays as it is" in page.text
    assert is_chosen(world) is NoteFrequency.DAILY
    assert "Emails stopped" in browser.submitted(page, "", 200).one("h1").text
    assert is_chosen(world) is None


@pytest.mark.parametrize("token", ["x", "x.y", "WyJ1Il0=.00", "é", "a" * 3000])
def test_a_link_that_was_not_made_here_stops_nothing(new_client: Callable[[], Client], token: str) -> None:
    for method in ("GET", "POST"):
        answer = new_client().http.request(method, f"/notes/stop/{token}")
        assert answer.status_code in (410, 414)
        assert "This link does not work" in answer.text or answer.status_code == 414


def test_the_link_of_one_stops_no_notes_of_another(ann: Client, world: World, new_client: Callable[[], Client]) -> None:
    choose(ann, "daily")
    link = stop_link(world)
    packed, _, signed = link.rpartition("/")[2].partition(".")
    for forged in (f"{packed[:-8]}AAAAAAA=.{signed}", f"{packed}.{signed[:-1]}{'0' if signed[-1] != '0' else '1'}"):
        assert new_client().http.post(f"/notes/stop/{forged}").status_code == 410
    assert is_chosen(world) is NoteFrequency.DAILY
