"""The service recalls files by itself: real databases in two roles, the thread of ``serve``, and the commands."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from attrs import evolve

from checkdata.domain.audit.receipts import FileKind, Receipt
from checkdata.domain.errors import StorageBusy
from checkdata.domain.feed.contents import References
from checkdata.domain.messages import FilesRecalled
from checkdata.domain.people.organisations import Agreement, Role
from checkdata.domain.services.access.manage_access import NewAccess
from checkdata.domain.services.audit.recall_files import RecallFiles
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.background_threads import repeated_recalling
from checkdata.entrypoints.composition.clock import now
from checkdata.entrypoints.composition.service import Composition
from checkdata.entrypoints.repeated_work import run_together
from checkdata.entrypoints.settings.environment import read_settings
from tests.contracts.test_receipts import a_receipt
from tests.integration.cli.command import KEY, Command
from tests.integration.test_expiring_nominations import HUB, references
from tests.integration.test_sending_mail import wait_for
from tests.storages import in_two_roles

ANN = EmailAddress("ann@hub.example")


@pytest.fixture
def composed(migrated_url: str, tmp_path: Path) -> Iterator[Composition]:
    """A service in which Ann took a file under an agreement that a feed has ended since."""
    variables = {"XDG_DATA_HOME": str(tmp_path), **in_two_roles(migrated_url), "CHECKDATA_SECRET_KEY": KEY}
    with closing(Composition(read_settings(variables))) as composed:
        put(composed, references())
        access = NewAccess(
            email=ANN, name="Ann Lee", role=Role.DELIVERY_PARTNER, organisation_id=HUB.id, reason="Ticket 12"
        )
        ann = composed.manage_access.add(evolve(access, confirmed_by="lp-1"))
        with composed.storage.writing() as work:
            work.receipts.add(file_of(ann.id))
            work.commit()
        ended = [evolve(each, ends_on=now().date() - timedelta(days=2)) for each in the_agreements()]
        put(composed, References(agreements=ended))
        yield composed


def the_agreements() -> list[Agreement]:
    return list(references().agreements or ())


def put(composed: Composition, given: References) -> None:
    with composed.owners_storage.writing() as work:
        work.feed_store.put_references(given)
        work.commit()


def file_of(user_id: str) -> Receipt:
    return a_receipt(
        actor=user_id, organisation_id=HUB.id, agreement_ids=("a",), import_id=None, kind=FileKind.CSV, at=now()
    )


def is_mailed(composed: Composition) -> bool:
    with composed.storage.reading() as work:
        return any(isinstance(mail.entry.message, FilesRecalled) for mail in work.outbox.last_to(ANN, 9))


def test_the_thread_recalls_what_a_feed_ended_and_mails_the_holder(composed: Composition) -> None:
    with run_together(repeated_recalling(composed.recall_files)):
        wait_for(lambda: is_mailed(composed))
    state = composed.confirm_deletion.state_of("a")
    assert state is not None
    assert state.waiting == 1


def command_on(composed: Composition, capsys: pytest.CaptureFixture[str], folder: Path) -> Command:
    url = composed.settings.database_url
    return Command(folder, capsys, {"CHECKDATA_SECRET_KEY": KEY, "CHECKDATA_DATABASE_URL": url})


def test_the_command_that_sends_mail_recalls_and_mails_at_once(
    composed: Composition, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    said = command_on(composed, capsys, tmp_path).done("send").out
    assert said.startswith("2 sent, 0 not sent.")  # that she may sign in, and that she has to delete a file


def test_mail_that_waits_is_sent_although_a_recall_fails(
    composed: Composition, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RecallFiles, "do_due", fails)
    said = command_on(composed, capsys, tmp_path).done("send", code=3)
    assert said.out == "1 sent, 0 not sent.\n"  # that she may sign in
    assert "It took too long." in said.err


def test_an_agreement_that_is_ended_is_told_to_be_although_its_recall_fails(
    composed: Composition, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(composed, references())
    monkeypatch.setattr(RecallFiles, "do_due", fails)
    command = command_on(composed, capsys, tmp_path)
    said = command.done("agreements", "end", "a", "--reason", "Ticket 13", "--yes", code=3)
    assert "Done: the agreement is ended." in said.out
    assert "It took too long." in said.err


def fails(_: RecallFiles) -> None:
    raise StorageBusy("It took too long.")


def test_a_command_says_who_has_not_confirmed(
    composed: Composition, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    command = command_on(composed, capsys, tmp_path)
    said = command.done("agreements", "recall").out.splitlines()
    assert said[:2] == ["1 recalls opened, 0 withdrawn, 1 users mailed.", "Agreement a, not confirmed: 1"]
    assert f"csv file, taken by Ann Lee ({ANN}), 2 rows, sha256 {'ab' * 32}" in said[2]
    assert command.done("agreements", "recall").out.splitlines()[0] == "0 recalls opened, 0 withdrawn, 0 users mailed."
