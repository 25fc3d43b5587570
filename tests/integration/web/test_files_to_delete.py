"""Holders of recalled files confirm that they are deleted, whatever access they have left; support sees who has not."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from attrs import evolve

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.feed.contents import NamedIds, References
from checkdata.domain.messages import FilesRecalled
from checkdata.domain.people.organisations import Role
from tests.integration.web.client import Client, location
from tests.integration.web.html import Element
from tests.integration.web.test_support_tracing import lines
from tests.integration.web.world import ANN, CAT, NORTH, RECORDS, REFERENCES, SAM, World

FILES = "/files-to-delete"
OF_AGREEMENT = "/support/agreements/ag-dp-north/files"


def downloaded(world: World) -> None:
    ann = Client(world)
    ann.sign_in(ANN)
    ann.http.get("/participants.csv?role=ect")
    ann.http.get("/participants.xlsx")


def end(world: World) -> None:
    """Sam ends the agreement on its page, which opens the recall at once; the holders are mailed by a thread."""
    sam = Client(world)
    sam.sign_in(SAM)
    place = "/support/agreements/ag-dp-north/end"
    page = sam.submitted(sam.get(place), place, 200, reason="Over")
    sam.submit(page, place)
    assert all(text.startswith("Not confirmed Not asked yet") for text in states(sam.get(OF_AGREEMENT)))


@pytest.fixture
def world(world: World) -> World:
    downloaded(world)
    end(world)
    world.services().recall_files.do_due()
    return world


def support(world: World) -> Client:
    sam = Client(world)
    sam.sign_in(SAM)
    return sam


def states(page: Element) -> Sequence[str]:
    return [line[4] for line in lines(page, "recalled")]


def test_a_user_whose_access_is_gone_signs_in_from_the_mail_sees_the_files_and_confirms(world: World) -> None:
    world.manage_access.remove(ANN, role=Role.DELIVERY_PARTNER, organisation_id=NORTH.id, reason="Over")
    assert (ANN, FilesRecalled(name="Ann Lee", files=2, reminds=False)) in world.mails_sent()
    ann = Client(world)
    assert location(ann.http.get(FILES)) == "/sign-in"
    assert ann.sign_in(ANN) == FILES
    page = ann.get(FILES)
    assert sorted(line[1:] for line in lines(page, "files")) == [
        ("CSV file st-cuthberts-north-hub-2024-06-03.csv", f"{NORTH.name}, delivery partner", "3"),
        ("Excel workbook st-cuthberts-north-hub-2024-06-03.xlsx", f"{NORTH.name}, delivery partner", "4"),
    ]
    assert location(ann.submit(page, FILES)) == f"{FILES}?done=deleted"
    assert "Thank you" in ann.get(f"{FILES}?done=deleted").text
    assert "no files for you to delete" in ann.get(FILES).text
    assert len(world.audit(AuditKind.FILE_DELETED)) == 2


def test_the_page_that_says_there_is_no_access_leads_there(world: World) -> None:
    world.manage_access.remove(ANN, role=Role.DELIVERY_PARTNER, organisation_id=NORTH.id, reason="Over")
    ann = Client(world)
    assert ann.sign_in(ANN) == "/choose-role"
    assert ann.get("/choose-role", 403).link("confirm that you deleted them") == FILES


def test_downloads_lead_there_as_long_as_something_is_to_be_deleted(world: World) -> None:
    cat = Client(world)
    cat.sign_in(CAT)
    cat.choose("delivery_partner", "dp-south")
    assert "to delete" not in cat.get("/downloads").text
    cat.http.get("/participants.csv")
    world.services().manage_agreements.end("ag-dp-south", reason="Over")
    cat.get("/downloads", 403)
    cat.choose("appropriate_body")
    world.services().recall_files.do_due()
    assert cat.get("/ects/downloads").link("See which, and confirm that you deleted them") == FILES
    cat.submit(cat.get(FILES), FILES)
    assert "to delete" not in cat.get("/ects/downloads").text


def test_support_sees_who_has_confirmed_and_who_has_not_and_records_what_it_was_told(world: World) -> None:
    sam = support(world)
    assert "2 files and copies to delete, 2 not confirmed." in sam.get("/support/agreements/ag-dp-north").text
    page = sam.get(OF_AGREEMENT)
    assert all(text.startswith("Not confirmed Asked 1 time, last 3 June 2024 at 2:55pm") for text in states(page))
    place = page.link("Record that it is deleted: CSV file of 3 June 2024 at 2:55:00pm (UTC+1), Ann Lee")
    form = sam.get(place)
    assert "Enter a reason" in sam.submitted(form, "", 422, reason=" ").text
    done = location(sam.submit(form, "", reason="Ann, on the phone"))
    after = states(sam.get(done))
    assert after[0].startswith("Not confirmed")
    assert after[1].startswith("Deleted Confirmed by support, 3 June 2024 at 2:55pm")
    ann = Client(world)
    ann.sign_in(ANN)
    ann.submit(ann.get(FILES), FILES)
    assert all(text.startswith("Deleted") for text in states(sam.get(OF_AGREEMENT)))
    sam.get("/support/recalls/no-such/deleted", 404)


def test_support_is_told_why_a_holder_was_not_reached(world: World) -> None:
    world.manage_access.suspend(ANN, reason="Away")
    assert "Suspended, so they are not mailed" in states(support(world).get(OF_AGREEMENT))[0]
    world.manage_access.reinstate(ANN, reason="Back")
    world.mails_sent()
    with world.storage.writing() as work:
        mail = work.outbox.last_to(ANN, 1)[0]
        work.outbox.bounced(mail.entry.reference, world.now)
        work.commit()
    assert "The mail did not reach them" in states(support(world).get(OF_AGREEMENT))[0]


def test_another_users_files_are_not_shown(world: World) -> None:
    cat = Client(world)
    cat.sign_in(CAT)
    assert "no files for you to delete" in cat.get(FILES).text


def test_of_an_agreement_in_force_the_page_says_what_its_end_will_do(world: World) -> None:
    cat = Client(world)
    cat.sign_in(CAT)
    cat.choose("delivery_partner", "dp-south")
    cat.http.get("/participants.csv")
    page = support(world).get("/support/agreements/ag-dp-south/files")
    assert "When this agreement is over, we ask the users who have these files" in page.text
    assert lines(page, "recalled") == []


def test_an_agreement_that_a_feed_removed_is_still_shown_with_its_files(world: World) -> None:
    others = REFERENCES.agreements or ()
    begun = evolve(next(each for each in others if each.id == "ag-dp-north"), id="ag-begun", starts_on=world.now.date())
    world.load(RECORDS, References(agreements=[begun]), wider=True)
    downloaded(world)
    named = NamedIds(agreements=frozenset(each.id for each in others))
    world.load(RECORDS, evolve(REFERENCES, named=named), complete=True)
    world.services().recall_files.do_due()
    sam = support(world)
    page = sam.get("/support/agreements/ag-begun")
    assert "Removed by a feed" in page.text
    assert len(states(sam.get(page.link("Files downloaded under this agreement")))) == 2
    sam.get("/support/agreements/ag-begun/end", 404)


def test_of_an_agreement_that_a_feed_brings_back_nobody_has_to_delete_a_file(world: World) -> None:
    cat = Client(world)
    cat.sign_in(CAT)
    cat.choose("delivery_partner", "dp-south")
    cat.http.get("/participants.csv")
    [agreement] = [each for each in REFERENCES.agreements or () if each.id == "ag-dp-south"]
    world.load([], References(agreements=[evolve(agreement, ends_on=world.now.date() - timedelta(days=1))]))
    world.services().recall_files.do_due()
    assert "1 file" in cat.get(FILES).text
    world.load([], References(agreements=[agreement]), wider=True)
    world.services().recall_files.do_due()
    assert "no files for you to delete" in cat.get(FILES).text
