"""What a page of proposals costs depends on those that wait, not on all that were ever left undecided."""

from datetime import timedelta
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from checkdata.domain.access.proposals import PROPOSAL_LIVES, Proposal
from checkdata.domain.ports import Storage
from checkdata.domain.services.access.manage_agreements import NewAgreement
from tests.access_world import LEAD, SOUTH, AccessWorld


def drafted(world: AccessWorld, years: int) -> None:
    """Sue drafts an agreement that begins so many years ago."""
    new = NewAgreement(
        lead_provider_id=LEAD.id,
        delivery_partner_id=SOUTH.id,
        starts_on=world.today - timedelta(days=365 * years),
        reason="Signed today",
    )
    assert isinstance(world.manage_agreements.add(new, by=world.sue.user_id), Proposal)


def statements_of(world: AccessWorld) -> int:
    """How many statements it takes to look at what waits."""
    seen: list[str] = []

    def note(_: object, __: object, statement: str, *___: Any) -> None:  # noqa: ANN401 - SQLAlchemy's own
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert len(world.confirm_changes.waiting()) == 1
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return len(seen)


def test_what_expired_undecided_is_not_worked_through_again(storage: Storage) -> None:
    world = AccessWorld(storage=storage)
    drafted(world, 1)
    alone = statements_of(world)
    for years in (2, 3, 4):
        drafted(world, years)
    world.now += PROPOSAL_LIVES
    drafted(world, 5)
    assert statements_of(world) == alone
