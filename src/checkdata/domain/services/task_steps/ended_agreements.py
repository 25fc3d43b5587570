"""An agreement that a complete feed no longer names ends, and is kept to answer questions about past days."""

from collections.abc import Iterable
from datetime import date, timedelta

from attrs import evolve

from checkdata.domain.feed.contents import NamedIds, References
from checkdata.domain.people.organisations import Agreement
from checkdata.domain.ports import UnitOfWork


def end_missing_agreements(work: UnitOfWork, named: NamedIds, today: date) -> tuple[NamedIds, int]:
    """End the agreements that the feed leaves out, as of yesterday; returns how many ended, and the ids that are kept.

    It sets the feed's own last day, so that a feed that names an agreement again brings it back. An agreement that was
    never in force before today is deleted, because there is nothing to explain. One that was added by hand stays,
    because no feed has it.
    """
    if named.agreements is None:
        return named, 0
    missing = (a for a in work.organisations.agreements() if a.id not in named.agreements and not a.added_by_hand)
    kept = [agreement for agreement in missing if agreement.starts_on < today]
    ended = list(_ended(kept, today))
    if ended:
        work.feed_store.put_references(References(agreements=ended))
    return evolve(named, agreements=named.agreements | {agreement.id for agreement in kept}), len(ended)


def _ended(agreements: Iterable[Agreement], today: date) -> Iterable[Agreement]:
    for agreement in agreements:
        if agreement.ends_on is None or agreement.ends_on >= today:
            yield evolve(agreement, ends_on=today - timedelta(days=1))
