"""Once an agreement is over, those who hold files that left its scope are asked until these are deleted (rule 15)."""

from collections.abc import Callable
from typing import Final

import pytest
from attrs import evolve

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.audit.receipts import FileKind
from checkdata.domain.errors import ChangeRefused, Overtaken
from checkdata.domain.mail_records import MailState
from checkdata.domain.messages import FilesRecalled
from checkdata.domain.people.organisations import Role
from checkdata.domain.ports import Storage
from checkdata.domain.services.audit.confirm_deletion import digest_of
from checkdata.domain.services.audit.recall_files import REMIND_EVERY, RecallRound
from checkdata.domain.services.task_steps.receipts import keep_receipt
from tests.contracts.recalling import (
    AGREEMENT,
    asked,
    by_command,
    by_complete_feed,
    by_earlier_day,
    by_its_last_day,
    confirm,
    confirming,
    recalled_by_round,
    state,
    user,
)
from tests.contracts.test_tracing import acting, checking, downloaded, query
from tests.integration.web.world import (
    ANN,
    CAT,
    NORTH,
    SAM,
    World,
    with_feed_and_access,
)


@pytest.fixture
def world(storage: Storage) -> World:
    return with_feed_and_access(World(storage=storage))


ENDS: Final[dict[str, Callable[[World], None]]] = {
    "command": by_command,
    "earlier day in a feed": by_earlier_day,
    "complete feed": by_complete_feed,
    "its last day": by_its_last_day,
}


@pytest.mark.parametrize("ends", ENDS.values(), ids=ENDS.keys())
def test_whichever_way_an_agreement_ends_each_holder_is_asked_once(world: World, ends: Callable[[World], None]) -> None:
    downloaded(world)
    downloaded(world, FileKind.EXCEL)
    b"".join(checking(world).download(acting(world, CAT), query(world), FileKind.CSV).chunks)
    ends(world)
    assert recalled_by_round(world) == RecallRound(opened=1, mailed=2)
    assert recalled_by_round(world) == RecallRound()
    mails = dict(asked(world))
    assert mails == {
        ANN: FilesRecalled(name="Ann Lee", files=2, reminds=False),
        CAT: FilesRecalled(name="Cat Doe", files=1, reminds=False),
    }
    assert state(world).waiting == 3
    [event] = world.audit(AuditKind.FILES_RECALLED)
    assert event.details == {"agreement_id": AGREEMENT, "files": 3, "holders": 2}


def test_an_agreement_that_is_in_force_recalls_nothing(world: World) -> None:
    downloaded(world)
    assert recalled_by_round(world) == RecallRound()
    assert confirming(world).state_of(AGREEMENT) is None


def test_who_confirms_is_seen_and_who_does_not_is_reminded_until_then(world: World) -> None:
    downloaded(world)
    b"".join(checking(world).download(acting(world, CAT), query(world), FileKind.CSV).chunks)
    by_command(world)
    recalled_by_round(world)
    assert confirm(world) == 1
    assert [(each.holder and each.holder.email, each.file.deleted_at) for each in state(world).files] == [
        (CAT, None),
        (ANN, world.now),
    ]
    [event] = world.audit(AuditKind.FILE_DELETED)
    assert (event.actor, event.subject) == (user(world), user(world))
    assert event.details["agreement_id"] == AGREEMENT
    world.pass_time(days=REMIND_EVERY.days, seconds=-1)
    assert recalled_by_round(world).mailed == 0
    world.pass_time(seconds=1)
    assert recalled_by_round(world).mailed == 1
    assert asked(world)[-1] == (CAT, FilesRecalled(name="Cat Doe", files=1, reminds=True))
    confirm(world, CAT)
    world.pass_time(days=365)
    assert recalled_by_round(world).mailed == 0


def test_mail_that_waits_while_its_holder_confirms_is_not_sent(world: World) -> None:
    downloaded(world)
    by_command(world)
    recalled_by_round(world)
    confirm(world)
    assert asked(world) == []


def test_mail_that_bounced_is_seen_and_its_holder_is_asked_again_in_time(world: World) -> None:
    downloaded(world)
    by_command(world)
    recalled_by_round(world)
    world.mails_sent()
    with world.storage.writing() as work:
        [mail] = [mail for mail in work.outbox.last_to(ANN, 9) if isinstance(mail.entry.message, FilesRecalled)]
        assert work.outbox.bounced(mail.entry.reference, world.now)
        work.commit()
    [seen] = state(world).files
    assert seen.mail is not None
    assert seen.mail.state is MailState.BOUNCED
    world.pass_time(days=REMIND_EVERY.days)
    assert recalled_by_round(world).mailed == 1


def test_a_suspended_user_is_not_mailed_and_cannot_confirm_support_records_it_or_they_are_asked_once_reinstated(
    world: World,
) -> None:
    downloaded(world)
    downloaded(world, FileKind.EXCEL)
    world.manage_access.suspend(ANN, reason="Away")
    by_command(world)
    assert recalled_by_round(world) == RecallRound(opened=1)
    with pytest.raises(ChangeRefused, match="suspended"):
        confirm(world)
    first = state(world).files[0].file
    sam = user(world, SAM)
    confirming(world).record(first.id, reason="Ann’s manager, on the phone", by=sam)
    [event] = world.audit(AuditKind.FILE_DELETED)
    assert (event.actor, event.subject, event.details["reason"]) == (sam, user(world), "Ann’s manager, on the phone")
    with pytest.raises(Overtaken):
        confirming(world).record(first.id, reason="Again", by=sam)
    world.manage_access.reinstate(ANN, reason="Back")
    assert recalled_by_round(world) == RecallRound(mailed=1)
    assert asked(world)[-1] == (ANN, FilesRecalled(name="Ann Lee", files=1, reminds=False))


def test_a_user_whose_access_ended_with_the_agreement_can_still_confirm(world: World) -> None:
    downloaded(world)
    by_command(world)
    recalled_by_round(world)
    world.manage_access.remove(ANN, role=Role.DELIVERY_PARTNER, organisation_id=NORTH.id, reason="Over")
    assert confirm(world) == 1


def test_a_list_that_changed_since_it_was_shown_is_not_confirmed(world: World) -> None:
    downloaded(world)
    by_command(world)
    recalled_by_round(world)
    shown = digest_of([each.file for each in confirming(world).held_by(user(world))])
    world.pass_time(hours=1)
    with world.storage.reading() as work:
        [receipt] = list(work.receipts.of_organisation(NORTH))
    keep_receipt(world.storage, acting(world), evolve(receipt, at=world.now), "another download")
    recalled_by_round(world)
    with pytest.raises(Overtaken):
        confirming(world).confirm(user(world), seen=shown)
    assert confirm(world) == 2
