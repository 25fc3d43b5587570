"""A feed is refused exactly if its agreements would let the users of a partner newly see more than the limit."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Final

from attrs import evolve
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from checkdata.adapters.memory import MemoryFeed, MemoryRejections, MemoryStorage
from checkdata.domain.access.scope import Scope
from checkdata.domain.access.widening import AccessWidened
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.organisations import Agreement
from checkdata.domain.ports import Storage
from checkdata.domain.services.feed.import_feed import ImportFeed
from checkdata.domain.training.facts import ParticipantRole
from checkdata.domain.training.records import TrainingRecord
from checkdata.domain.values import ParticipantId
from checkdata.testing._suites.people import ADA, a_grant, add_grants, add_users
from tests.contracts.operators import EVERY_LEAD_PROVIDER
from tests.contracts.units_of_work import read
from tests.feeds import REFERENCES
from tests.strategies import DELIVERY_PARTNERS, NOON, TODAY, agreements, training_records

AGREEMENTS: Final = st.lists(agreements(), max_size=4).map(
    lambda drawn: [evolve(agreement, id=f"a{number}") for number, agreement in enumerate(drawn)]
)
RECORDS: Final = st.lists(training_records(), min_size=4, max_size=12, unique_by=lambda record: record.record_id).map(
    lambda drawn: [
        evolve(record, participant_id=ParticipantId(record.record_id), role=ParticipantRole.ECT) for record in drawn
    ]
)


def covered(agreements: Collection[Agreement], row: ListedParticipant, on: date) -> bool:
    """Service rule 2, said once more."""
    return any(
        agreement.delivery_partner_id == row.delivery_partner_id
        and agreement.in_force(on)
        and (agreement.lead_provider_id == row.lead_provider_id or not row.lead_provider_id)
        and (bool(row.lead_provider_id) or agreement.covers_unconfirmed)
        and (agreement.first_academic_year or 0) <= row.academic_year <= (agreement.last_academic_year or 9999)
        for agreement in agreements
    )


def widens(
    rows: Sequence[ListedParticipant], before: Collection[Agreement], after: Collection[Agreement], percent: int
) -> bool:
    """Whether on some day more rows come into view by a change than so many percent of those in view without it."""
    edges = {day for a in (*before, *after) for day in (a.starts_on, a.ends_on) if day is not None}
    for on in {TODAY, *(day + timedelta(days=later) for day in edges for later in (0, 1))}:
        if on < TODAY:
            continue
        seen = [row for row in rows if covered(before, row, on)]
        new = [row for row in rows if covered(after, row, on) and row not in seen]
        if len(new) * 100 > len(seen) * percent:
            return True
    return False


def check(
    storage: Storage,
    records: Sequence[TrainingRecord],
    before: Sequence[Agreement],
    after: Sequence[Agreement],
    percent: int,
) -> None:
    importing = ImportFeed(storage=storage, clock=lambda: NOON, wider_percent=percent)
    first, second = (
        MemoryFeed.of(records, references=evolve(REFERENCES, agreements=[*told])) for told in (before, after)
    )
    importing.load(first, MemoryRejections(), today=TODAY, complete=True, allow_deletions=True, allow_wider_access=True)
    if read(storage, lambda work: work.users.get(ADA.id)) is None:
        add_users(storage, ADA)
        add_grants(storage, *(a_grant(f"g-{partner.id}", partner) for partner in DELIVERY_PARTNERS))
    stored = {agreement.id: agreement for agreement in read(storage, lambda work: work.organisations.agreements())}
    try:
        importing.load(second, MemoryRejections(), today=TODAY)
    except AccessWidened:
        refused = True
    else:
        refused = False
    event(f"refused: {refused}")
    changed = {**stored, **{agreement.id: agreement for agreement in after}}
    each = [widens(listed(storage, partner), stored.values(), changed.values(), percent) for partner in range(3)]
    assert refused == any(each)


def listed(storage: Storage, partner: int) -> list[ListedParticipant]:
    query = ParticipantQuery(scope=Scope(organisation=DELIVERY_PARTNERS[partner], rules=EVERY_LEAD_PROVIDER))
    return read(storage, lambda work: list(work.participants.rows(query)))


@settings(max_examples=300)
@given(RECORDS, AGREEMENTS, AGREEMENTS, st.sampled_from([10, 50, 100]))
def test_a_feed_is_refused_exactly_if_users_would_newly_see_more_than_the_limit_on_some_day(
    records: Sequence[TrainingRecord], before: Sequence[Agreement], after: Sequence[Agreement], percent: int
) -> None:
    check(MemoryStorage(), records, before, after, percent)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_storage_refuses_what_memory_refuses(storage: Storage, data: st.DataObject) -> None:
    records, before, after = data.draw(RECORDS), data.draw(AGREEMENTS), data.draw(AGREEMENTS)
    check(storage, records, before, after, data.draw(st.sampled_from([10, 50, 100])))
