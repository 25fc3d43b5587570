"""A statement of who has seen a participant, over every storage (service rule 15)."""

import csv
import io
from collections.abc import Sequence
from hashlib import sha256

import pytest

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.audit.seals import Anchor
from checkdata.domain.audit.statement_seals import StatementVerdict, verified_statement
from checkdata.domain.audit.statements import LINE_COLUMNS
from checkdata.domain.errors import ChangeRefused
from checkdata.domain.keys import Keys
from checkdata.domain.ports import Storage
from checkdata.domain.services.audit.make_statement import MadeStatement, MakeStatement
from checkdata.domain.services.audit.seal_log import SealLog
from checkdata.domain.services.listing.look_up_participant import LookUpParticipant
from checkdata.domain.values import EmailAddress, ParticipantId
from tests.contracts.test_tracing import ADA, SIOBHAN, acting, checking, downloaded, query
from tests.integration.web.world import ANN, NORTH, World, with_feed_and_access

KEYS = Keys.of("a" * 32)


@pytest.fixture
def world(storage: Storage) -> World:
    return with_feed_and_access(World(storage=storage))


def making(world: World) -> MakeStatement:
    return MakeStatement(storage=world.storage, clock=world.clock, keys=KEYS)


def rows(made: MadeStatement) -> Sequence[Sequence[str]]:
    return list(csv.reader(io.StringIO(made.file.decode("utf-8-sig"), newline="")))


def lines(made: MadeStatement) -> Sequence[dict[str, str]]:
    found = rows(made)
    begins = found.index(list(LINE_COLUMNS))
    return [dict(zip(LINE_COLUMNS, row, strict=True)) for row in found[begins + 1 : -1]]


def test_a_statement_says_who_saw_them_in_which_role_for_whom_and_under_which_agreement(world: World) -> None:
    LookUpParticipant(storage=world.storage, clock=world.clock).participant(acting(world), query(world).scope, ADA)
    downloaded(world, academic_year="2023")
    checking(world).page(acting(world), query(world))
    made = making(world).make(ADA)
    told = [(line["Seen"], line["Who"], line["Role"], line["Organisation id"], line["How"]) for line in lines(made)]
    assert told == [
        ("Certainly", "Ann Lee", "Delivery partner", "dp-north", "Opened their page"),
        ("Certainly", "Ann Lee", "Delivery partner", "dp-north", "Took a file that held them"),
        ("Possibly", "Ann Lee", "Delivery partner", "dp-north", "Looked at a list"),
    ]
    assert all(line["Organisation"] == NORTH.name for line in lines(made))
    assert all("ag-dp-north" in line["Under agreements, as then known"] for line in lines(made))


def test_a_statement_is_verified_with_the_key_and_nothing_else(world: World) -> None:
    downloaded(world)
    made = making(world).make(ADA)
    assert verified_statement(made.file, KEYS).verdict is StatementVerdict.GENUINE
    assert verified_statement(made.file.replace(b"Ann Lee", b"Bea Lee"), KEYS).verdict is StatementVerdict.CHANGED


def test_a_statement_about_somebody_whom_no_user_looked_at_says_so_and_is_sealed(world: World) -> None:
    made = making(world).make(SIOBHAN)
    assert lines(made) == []
    assert ["Lines", "0"] in rows(made)
    assert verified_statement(made.file, KEYS).verdict is StatementVerdict.GENUINE


def test_a_statement_names_no_address_and_no_detail_of_the_participant(world: World) -> None:
    downloaded(world)
    text = making(world).make(ADA).file.decode()
    assert "@" not in text
    assert "Bold" not in text
    assert "0000001" not in text


def test_what_a_spreadsheet_would_run_is_neutralised(world: World) -> None:
    world.add(EmailAddress("eve@north.example"), "=HYPERLINK(1)", NORTH)
    who = acting(world, EmailAddress("eve@north.example"))
    LookUpParticipant(storage=world.storage, clock=world.clock).participant(who, query(world).scope, ADA)
    assert [line["Who"] for line in lines(making(world).make(ADA))] == ["'=HYPERLINK(1)"]


def test_that_a_statement_was_made_is_on_record_with_its_digest_and_who_made_it(world: World) -> None:
    made = making(world).make(ADA, by=acting(world, ANN))
    [event] = world.audit(AuditKind.STATEMENT_MADE)
    assert (event.participant_id, event.actor) == (ADA, acting(world, ANN).user_id)
    assert event.details == {"sha256": sha256(made.file).hexdigest(), "lines": 0}


def test_an_id_that_was_never_listed_gets_no_statement_and_no_record(world: World) -> None:
    with pytest.raises(ChangeRefused, match="No participant has this id"):
        making(world).make(ParticipantId("p-99"))
    assert not world.audit(AuditKind.STATEMENT_MADE)


def test_a_statement_names_the_newest_seal_of_the_log(world: World) -> None:
    head = SealLog(storage=world.storage, keys=KEYS).seal_due().head
    assert head is not None
    assert not isinstance(head, Anchor)
    assert ["Newest seal of the log", f"{head.number}:{head.digest}"] in rows(making(world).make(ADA))


def test_a_statement_of_a_time_leaves_out_the_rest_and_says_so(world: World) -> None:
    downloaded(world)
    world.pass_time(hours=1)
    made = making(world).make(ADA, start=world.now)
    assert lines(made) == []
    assert ["From", "2024-06-03 15:55:00+01:00"] in rows(made)
