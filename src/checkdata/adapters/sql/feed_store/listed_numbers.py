"""How many participants the partners' listings will have, and how many of them come from other partners, in SQL."""

from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import Connection, FromClause, MetaData, Select, func, select

from checkdata.adapters.sql.feed_store.next_generation import NextGeneration
from checkdata.adapters.sql.generation_schema import BEFORE, before, partner_listing, partner_tallies
from checkdata.domain.access.widening import ListedNumber
from checkdata.domain.training.statuses import Status

_HAD: Final = partner_listing.to_metadata(MetaData(), schema=BEFORE).alias("had")


def listed_numbers(connection: Connection, partners: Collection[str]) -> Sequence[ListedNumber]:
    """The numbers in the listings that the connection sees."""
    tallies = partner_tallies.c
    key = tallies.delivery_partner_id, tallies.lead_provider_id, tallies.academic_year
    counted = select(*key, func.sum(tallies.number)).where(tallies.delivery_partner_id.in_(partners))
    return _numbers(connection, counted.group_by(*key))


def partners_left_without(making: NextGeneration) -> frozenset[str]:
    """The partners that train a participant in the generation before, and none in this one."""
    return frozenset(_training(making.connection, before(partner_tallies))) - frozenset(
        _training(making.connection, partner_tallies)
    )


def arrived_from(making: NextGeneration, partners: Collection[str]) -> Sequence[ListedNumber]:
    """The numbers of those who are new in a listing, and were in that of one of the partners before."""
    new, old = partner_listing.c, before(partner_listing)
    was_there = select(_HAD.c.pos).where(
        _HAD.c.participant_id == new.participant_id, _HAD.c.delivery_partner_id == new.delivery_partner_id
    )
    key = new.delivery_partner_id, func.coalesce(new.lead_provider_id, ""), new.academic_year
    counted = (
        select(*key, func.count(new.participant_id.distinct()))
        .join_from(partner_listing, old, old.c.participant_id == new.participant_id)
        .where(new.shown_from == making.number, old.c.delivery_partner_id.in_(partners), ~was_there.exists())
    )
    return _numbers(making.connection, counted.group_by(*key))


def _training(connection: Connection, tallies: FromClause) -> Sequence[str]:
    training = tallies.c.status != Status.NO_LONGER_BEING_TRAINED.value
    return connection.execute(select(tallies.c.delivery_partner_id).where(training).distinct()).scalars().all()


def _numbers(connection: Connection, counted: Select[Any]) -> Sequence[ListedNumber]:
    return [
        ListedNumber(delivery_partner_id=partner, lead_provider_id=lead, academic_year=year, number=number)
        for partner, lead, year, number in connection.execute(counted)
    ]
