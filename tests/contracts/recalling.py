"""Files that left under an agreement, ways in which it ends, and what holders are asked then."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

from attrs import evolve

from checkdata.domain.access.scope import ScopeRule
from checkdata.domain.feed.contents import NamedIds, References
from checkdata.domain.messages import FilesRecalled
from checkdata.domain.people.organisations import Agreement
from checkdata.domain.services.access.manage_agreements import NewAgreement
from checkdata.domain.services.audit.confirm_deletion import ConfirmDeletion, RecallInDetail, digest_of
from checkdata.domain.services.audit.recall_files import REMIND_EVERY, RecallFiles, RecallRound
from checkdata.domain.values import EmailAddress, UserId
from tests.contracts.test_receipts import a_receipt
from tests.contracts.test_tracing import acting
from tests.contracts.units_of_work import write
from tests.integration.web.world import (
    ANN,
    LEAD,
    NORTH,
    OTHER_LEAD,
    RECORDS,
    REFERENCES,
    World,
)

AGREEMENT: Final = "ag-dp-north"


def confirming(world: World) -> ConfirmDeletion:
    return ConfirmDeletion(storage=world.storage, clock=world.clock)


def by_command(world: World) -> None:
    world.services().manage_agreements.end(AGREEMENT, reason="Over")


def by_complete_feed(world: World) -> None:
    world.load(RECORDS, without_the_agreement(), complete=True)


def without_the_agreement() -> References:
    others = [agreement for agreement in REFERENCES.agreements or () if agreement.id != AGREEMENT]
    return evolve(
        REFERENCES, agreements=others, named=NamedIds(agreements=frozenset(agreement.id for agreement in others))
    )


def the_agreement() -> Agreement:
    return next(agreement for agreement in REFERENCES.agreements or () if agreement.id == AGREEMENT)


def by_earlier_day(world: World) -> None:
    over = evolve(the_agreement(), ends_on=world.now.date() - timedelta(days=1))
    world.load(RECORDS, References(agreements=[over]))


def by_its_last_day(world: World) -> None:
    world.services().manage_agreements.end(AGREEMENT, reason="Over", last_day=world.now.date())
    assert recalled_by_round(world) == RecallRound()
    world.pass_time(days=1)


def recalled_by_round(world: World) -> RecallRound:
    return RecallFiles(storage=world.storage, clock=world.clock).do_due()


def state(world: World) -> RecallInDetail:
    found = confirming(world).state_of(AGREEMENT)
    assert found is not None
    return found


def asked(world: World) -> Sequence[tuple[EmailAddress, FilesRecalled]]:
    return [(to, mail) for to, mail in world.mails_sent() if isinstance(mail, FilesRecalled)]


def user(world: World, email: EmailAddress = ANN) -> UserId:
    return acting(world, email).user_id


def confirm(world: World, email: EmailAddress = ANN) -> int:
    held = [each.file for each in confirming(world).held_by(user(world, email))]
    return confirming(world).confirm(user(world, email), seen=digest_of(held))


def add(world: World, **changes: Any) -> None:  # noqa: ANN401 - any term
    new = NewAgreement(
        lead_provider_id=LEAD.id, delivery_partner_id=NORTH.id, starts_on=date(2022, 1, 1), reason="Another"
    )
    world.services().manage_agreements.add(evolve(new, **changes))


def renewed(world: World) -> str:
    """An agreement with the terms of North's that begins tomorrow; its id."""
    terms = NewAgreement(
        lead_provider_id=LEAD.id,
        delivery_partner_id=NORTH.id,
        starts_on=world.now.date() + timedelta(days=1),
        reason="Renewed",
    )
    added = world.services().manage_agreements.add(terms)
    assert isinstance(added, Agreement)
    return added.id


def again(world: World, number: int, holder: EmailAddress = ANN) -> World:
    """A file left under one more agreement, which is over."""
    agreement = evolve(the_agreement(), id=f"ag-{number}")
    write(world.storage, lambda work: work.organisations.add_agreement(evolve(agreement, added_by_hand=True)))
    receipt = a_receipt(
        organisation_id=NORTH.id,
        agreement_ids=(agreement.id,),
        actor=user(world, holder),
        import_id=None,
        rules=(ScopeRule(lead_provider_id=OTHER_LEAD.id),),
        at=world.now,
        sha256=f"{number:064x}",
    )
    write(world.storage, lambda work: work.receipts.add(receipt))
    world.services().manage_agreements.end(agreement.id, reason="Over")
    world.pass_time(days=REMIND_EVERY.days)
    return world
