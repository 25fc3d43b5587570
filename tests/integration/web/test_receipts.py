"""Every whole file that leaves has a receipt (service rule 15, security.md 39)."""

from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256

import pytest

from checkdata.adapters.spreadsheets import workbook
from checkdata.domain.access.decision import Acting, scope_of
from checkdata.domain.access.scope import Scope
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.audit.receipts import FileKind, Receipt
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.services.listing.check_participants import CheckParticipants
from checkdata.domain.services.listing.follow_changes import FollowChanges, WantedChanges
from checkdata.domain.values import UserId
from tests.integration.web.client import Client
from tests.integration.web.world import NORTH, REFERENCES, World, a_record

ACTING = Acting(UserId("ann"), NORTH)


def receipts(world: World) -> Sequence[Receipt]:
    with world.storage.reading() as work:
        return list(work.receipts.between(None, None))


def north(world: World) -> Scope:
    scope = scope_of(NORTH, REFERENCES.agreements or (), on=world.now.date())
    assert isinstance(scope, Scope)
    return scope


@pytest.mark.parametrize("words", ["", "?query=a", "?role=mentor", "?query=nobody"])
def test_the_bytes_that_arrive_are_those_of_the_receipt(ann: Client, world: World, words: str) -> None:
    content = ann.http.get(f"/participants.csv{words}").content
    [receipt] = receipts(world)
    assert (receipt.sha256, receipt.size) == (sha256(content).hexdigest(), len(content))
    assert receipt.rows == len(content.splitlines()) - 1
    assert (receipt.kind, receipt.at, receipt.organisation_id) == (FileKind.CSV, world.now, "dp-north")
    assert receipt.agreement_ids == ("ag-dp-north",)
    assert receipt.rules == north(world).rules


@pytest.mark.parametrize(
    ("path", "kind", "rows"),
    [
        ("/participants.xlsx", FileKind.EXCEL, 4),
        ("/participants/contacts.csv", FileKind.CONTACTS, 3),
        ("/participants/all-contacts.csv", FileKind.ALL_CONTACTS, 3),
    ],
)
def test_every_other_kind_of_file_has_one_too(ann: Client, world: World, path: str, kind: FileKind, rows: int) -> None:
    content = ann.http.get(path).content
    [receipt] = receipts(world)
    assert (receipt.sha256, receipt.size) == (sha256(content).hexdigest(), len(content))
    assert (receipt.kind, receipt.rows) == (kind, rows)


def test_the_file_is_on_record_with_its_digest(ann: Client, world: World) -> None:
    content = ann.http.get("/participants.csv?query=a").content
    [sent], [asked] = world.audit(AuditKind.FILE_SENT), world.audit(AuditKind.DOWNLOADED)
    assert sent.details == {
        "kind": "csv",
        "sha256": sha256(content).hexdigest(),
        "bytes": len(content),
        "rows": 4,
        "download": asked.details["download"],
    }
    assert (sent.actor, sent.organisation_id, sent.import_id) == (asked.actor, asked.organisation_id, asked.import_id)


def test_whom_a_search_found_is_kept_and_not_what_was_searched_for(ann: Client, world: World) -> None:
    ann.http.get("/participants.csv?query=Ada+Bold&role=ect")
    [receipt] = receipts(world)
    assert (receipt.searched, receipt.filters, receipt.participant_ids) == (True, {"role": "ect"}, ("p-1",))
    assert "bold" not in repr((receipt, *world.audit(AuditKind.FILE_SENT))).lower()


def test_a_download_that_is_broken_off_is_on_record_without_a_receipt(world: World, ann: Client) -> None:
    world.load([a_record(number, f"Pat {number}") for number in range(1000, 2300)])
    checking = CheckParticipants(storage=world.storage, clock=world.clock, workbook=workbook)
    chunks = checking.download(ACTING, ParticipantQuery(scope=north(world))).chunks
    next(chunks)
    chunks.close()
    assert (len(world.audit(AuditKind.DOWNLOADED)), receipts(world)) == (1, [])
    assert ann.http.get("/participants.csv").is_success


def test_a_reader_with_the_last_byte_has_a_receipt(world: World, ann: Client) -> None:
    checking = CheckParticipants(storage=world.storage, clock=world.clock, workbook=workbook)
    query = ParticipantQuery(scope=north(world))
    whole = b"".join(checking.download(ACTING, query).chunks)
    [before] = receipts(world)
    had = b""
    chunks = checking.download(ACTING, query).chunks
    while len(had) < len(whole):
        had += next(chunks)
    assert [receipt.sha256 for receipt in receipts(world)] == [before.sha256] * 2
    assert ann.http.get("/participants.csv").content == whole


def test_a_file_made_after_another_import_is_on_record_as_showing_that_one(world: World, ann: Client) -> None:
    checking = CheckParticipants(storage=world.storage, clock=world.clock, workbook=workbook)
    chunks = checking.download(ACTING, ParticipantQuery(scope=north(world)))
    world.load([a_record(1, "Ada Newname")])
    whole = b"".join(chunks.chunks)
    first, second = world.audit(AuditKind.DOWNLOADED)
    [receipt] = receipts(world)
    assert first.import_id != second.import_id == receipt.import_id
    assert b"Ada Newname" in whole
    assert ann.http.get("/participants.csv").content == whole


def test_a_file_of_changes_made_after_another_import_is_on_record_as_showing_that_one(world: World) -> None:
    following = FollowChanges(storage=world.storage, clock=world.clock)
    wanted = WantedChanges(query=ParticipantQuery(scope=north(world)), since=world.now - timedelta(days=1))
    chunks = following.download(ACTING, wanted)
    world.load([a_record(99, "Ada Newname")])
    assert b"Ada Newname" in b"".join(chunks.chunks)
    first, second = world.audit(AuditKind.DOWNLOADED)
    [receipt] = receipts(world)
    assert first.import_id != second.import_id == receipt.import_id
