"""What every adapter of `checkdata.domain.ports.Recalls` must do."""

from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from checkdata.domain.audit.recalls import Recall, RecalledFile
from checkdata.domain.audit.receipts import FileKind
from checkdata.domain.errors import StorageConflict
from checkdata.domain.ports import Storage, UnitOfWork
from checkdata.domain.values import UserId
from tests.contracts.units_of_work import read, write
from tests.strategies import NOON

ADA, BEA = UserId("ada"), UserId("bea")
LATER = NOON + timedelta(days=1)
RECALL = Recall(id="r1", agreement_id="ag-1", delivery_partner_id="north", opened_at=NOON, looked_at=NOON)


def a_file(number: int, **changes: Any) -> RecalledFile:  # noqa: ANN401 - any field
    file = RecalledFile(
        id=f"f{number}",
        recall_id="r1",
        agreement_id="ag-1",
        delivery_partner_id="north",
        holder=ADA,
        sha256=f"{number:064x}",
        kind=FileKind.EXCEL,
        left_at=NOON - timedelta(days=9 - number),
        rows=3,
    )
    return evolve(file, **changes)


FILES = (a_file(1), a_file(2, key_id="k1", key_name="Nightly"), a_file(3, holder=BEA), a_file(4, holder=None))


def recalled(storage: Storage, recall: Recall = RECALL, files: tuple[RecalledFile, ...] = FILES) -> None:
    def add(work: UnitOfWork) -> None:
        work.recalls.add(recall)
        work.recalls.add_files(files)

    write(storage, add)


def test_a_recall_and_its_files_come_back_in_the_order_in_which_they_left(storage: Storage) -> None:
    recalled(storage, files=FILES[::-1])
    assert read(storage, lambda work: work.recalls.open_recalls()) == [RECALL]
    assert read(storage, lambda work: work.recalls.last_of("ag-1")) == RECALL
    assert read(storage, lambda work: work.recalls.last_of("ag-2")) is None
    assert read(storage, lambda work: work.recalls.files_of("r1")) == list(FILES)
    assert read(storage, lambda work: work.recalls.file("f4")) == FILES[3]
    assert read(storage, lambda work: work.recalls.file("f9")) is None


def test_when_the_files_of_a_recall_were_looked_at_is_kept(storage: Storage) -> None:
    recalled(storage)
    write(storage, lambda work: work.recalls.note_looked_at("r1", LATER))
    assert read(storage, lambda work: work.recalls.open_recalls()) == [evolve(RECALL, looked_at=LATER)]


def test_an_agreement_has_one_open_recall_at_most_and_another_after_one_was_withdrawn(storage: Storage) -> None:
    recalled(storage)
    second = evolve(RECALL, id="r2", opened_at=LATER)
    with pytest.raises(StorageConflict):
        recalled(storage, second, ())
    write(storage, lambda work: work.recalls.withdraw("r1", LATER))
    recalled(storage, second, ())
    assert read(storage, lambda work: work.recalls.open_recalls()) == [second]
    assert read(storage, lambda work: work.recalls.last_of("ag-1")) == second


def test_of_a_recall_that_was_withdrawn_nothing_has_to_be_deleted(storage: Storage) -> None:
    recalled(storage)
    write(storage, lambda work: work.recalls.withdraw("r1", LATER))
    assert read(storage, lambda work: work.recalls.last_of("ag-1")) == evolve(RECALL, withdrawn_at=LATER)
    assert read(storage, lambda work: work.recalls.held_by(ADA)) == []
    assert read(storage, lambda work: work.recalls.holders_to_ask(LATER)) == []
    assert read(storage, lambda work: work.recalls.file("f1")) is None


def test_a_user_holds_what_they_took_until_it_is_deleted_which_is_counted_once(storage: Storage) -> None:
    recalled(storage)
    assert read(storage, lambda work: work.recalls.held_by(ADA)) == [FILES[0], FILES[1]]
    assert write(storage, lambda work: work.recalls.note_deleted(["f1"], LATER, BEA)) == 1
    assert write(storage, lambda work: work.recalls.note_deleted(["f1", "f4"], NOON, None)) == 1
    assert read(storage, lambda work: work.recalls.held_by(ADA)) == [FILES[1]]
    first, *_, last = read(storage, lambda work: work.recalls.files_of("r1"))
    assert (first.deleted_at, first.told_by) == (LATER, BEA)
    assert (last.deleted_at, last.told_by) == (NOON, None)


def test_holders_are_to_be_asked_who_never_were_or_not_lately_and_never_an_operator(storage: Storage) -> None:
    recalled(storage)
    assert read(storage, lambda work: work.recalls.holders_to_ask(NOON)) == [ADA, BEA]
    write(storage, lambda work: work.recalls.note_asked(["f1", "f2", "f3"], LATER))
    assert read(storage, lambda work: work.recalls.holders_to_ask(NOON)) == []
    assert read(storage, lambda work: work.recalls.holders_to_ask(LATER)) == [ADA, BEA]
    write(storage, lambda work: work.recalls.note_deleted(["f3"], LATER, BEA))
    assert read(storage, lambda work: work.recalls.holders_to_ask(LATER)) == [ADA]
    write(storage, lambda work: work.recalls.note_asked(["f1"], NOON))
    found = {file.id: (file.asked, file.asked_at) for file in read(storage, lambda work: work.recalls.files_of("r1"))}
    assert found == {"f1": (2, NOON), "f2": (1, LATER), "f3": (1, LATER), "f4": (0, None)}


def test_recalls_are_deleted_with_their_files_once_they_are_old(storage: Storage) -> None:
    recalled(storage)
    assert write(storage, lambda work: work.retention.recalls(NOON)) == 0
    assert write(storage, lambda work: work.retention.recalls(LATER)) == 1
    assert read(storage, lambda work: work.recalls.files_of("r1")) == []
    assert read(storage, lambda work: work.recalls.open_recalls()) == []


def test_the_deleted_files_of_a_partner_are_those_of_withdrawn_recalls_too(storage: Storage) -> None:
    recalled(storage)
    write(storage, lambda work: work.recalls.note_deleted(["f3", "f1"], LATER, BEA))
    write(storage, lambda work: work.recalls.withdraw("r1", LATER))
    assert [file.id for file in read(storage, lambda work: work.recalls.deleted_of("north"))] == ["f1", "f3"]
    assert read(storage, lambda work: work.recalls.deleted_of("south")) == []
