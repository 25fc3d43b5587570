"""A feed whose agreements let users newly see too much is refused before anything of it is shown (service rule 2)."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import evolve

from checkdata.domain.access.widening import AccessWidened, NewlySeen
from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.people.organisations import Agreement
from checkdata.domain.ports import Storage
from checkdata.domain.values import LeadProviderId
from checkdata.testing._suites.people import ADA, BEA, BODY, a_grant, add_grants, add_users
from tests.contracts.operators import BOTH, NORTH, Operator, row
from tests.contracts.units_of_work import read, write
from tests.feeds import REFERENCES, reference_row, write_feed, write_file
from tests.recent_events import recent
from tests.strategies import TODAY, day

HELD: Final = Agreement(
    id="a1",
    lead_provider_id=LeadProviderId("ambition"),
    delivery_partner_id="north",
    starts_on=day(-400),
    ends_on=day(30),
    first_academic_year=2022,
    last_academic_year=2022,
    covers_unconfirmed=False,
)
"""What North's users see by it: 20 participants."""

OTHERS: Final = evolve(HELD, id="a2", lead_provider_id=LeadProviderId("best-practice"))

IN_VIEW: Final = [row(record_id=f"seen-{number}", academic_year="2022") for number in range(20)]
LATER: Final = [row(record_id=f"later-{number}", academic_year="2023") for number in range(3)]
UNCONFIRMED: Final = [
    row(record_id=f"blank-{number}", academic_year="2022", lead_provider_id="") for number in range(4)
]
OF_ANOTHER: Final = [
    row(record_id=f"other-{number}", academic_year="2022", lead_provider_id="best-practice") for number in range(5)
]
ALL: Final = [*IN_VIEW, *LATER, *UNCONFIRMED, *OF_ANOTHER]


@pytest.fixture
def operator(storage: Storage, tmp_path: Path) -> Operator:
    """North's users see what its one agreement covers."""
    operator = Operator(storage, write_feed(tmp_path / "feed", references=REFERENCES))
    operator.write(*ALL)
    agree(operator, HELD)
    operator.load()
    add_users(storage, ADA, BEA)
    add_grants(storage, a_grant())
    return operator


def agree(operator: Operator, *agreements: Agreement) -> None:
    """Let ``agreements.csv`` have these."""
    write_file(operator.folder, "agreements", [reference_row("agreements", agreement) for agreement in agreements])


def events(operator: Operator, kind: AuditKind) -> list[AuditEvent]:
    return [event for event in read(operator.storage, lambda work: recent(work, 100)) if event.kind is kind]


def shown(operator: Operator) -> Any:  # noqa: ANN401 - only to be compared
    """All that readers may see, and by which agreements."""
    agreements = read(operator.storage, lambda work: work.organisations.agreements())
    return agreements, [operator.listed(viewer) for viewer in (NORTH, BOTH, BODY)], operator.as_of()


def refused(operator: Operator, **options: bool) -> NewlySeen:
    """What an import that is refused for North alone would have let its one user newly see."""
    before = shown(operator)
    with pytest.raises(AccessWidened) as raised:
        operator.load(TODAY, **options)
    assert shown(operator) == before
    [widening] = raised.value.widened
    assert (widening.partner, widening.users) == (NORTH, 1)
    return widening.newly


ACCIDENTS: Final[Sequence[tuple[Sequence[Agreement], NewlySeen]]] = [
    ([evolve(HELD, last_academic_year=None)], NewlySeen(on=TODAY, participants=3, already=20)),
    ([evolve(HELD, covers_unconfirmed=True)], NewlySeen(on=TODAY, participants=4, already=20)),
    ([evolve(HELD, ends_on=None)], NewlySeen(on=day(31), participants=20, already=0)),
    ([evolve(HELD, lead_provider_id=OTHERS.lead_provider_id)], NewlySeen(on=TODAY, participants=5, already=20)),
    ([HELD, OTHERS], NewlySeen(on=TODAY, participants=5, already=20)),
    ([HELD, evolve(OTHERS, starts_on=day(7))], NewlySeen(on=day(7), participants=5, already=20)),
    ([HELD, evolve(HELD, id="a2", starts_on=day(31), ends_on=None)], NewlySeen(on=day(31), participants=20, already=0)),
]


@pytest.mark.parametrize(
    ("agreements", "newly"),
    ACCIDENTS,
    ids=["later years", "unconfirmed", "no end", "other lead", "added", "added for later", "continued"],
)
def test_agreements_that_widen_what_users_see_refuse_the_feed_until_that_is_allowed(
    operator: Operator, agreements: Sequence[Agreement], newly: NewlySeen
) -> None:
    agree(operator, *agreements)
    assert refused(operator) == newly
    outcome = operator.load(allow_wider_access=True)
    assert [widening.newly for widening in outcome.widened] == [newly]
    assert not operator.load().widened


def test_the_refusal_and_what_was_allowed_are_on_record_with_the_figures(operator: Operator) -> None:
    agree(operator, evolve(HELD, last_academic_year=None))
    refused(operator)
    done = operator.load(allow_wider_access=True).done
    assert done is not None
    figures = {"users": 1, "participants": 3, "already": 20, "from": TODAY.isoformat()}
    [refusal], [widened] = events(operator, AuditKind.WIDER_ACCESS_REFUSED), events(operator, AuditKind.ACCESS_WIDENED)
    assert (refusal.organisation_id, refusal.import_id, refusal.details) == ("north", None, figures)
    assert (widened.organisation_id, widened.import_id, widened.details) == ("north", done.id, figures)


def test_a_refusal_says_who_would_see_how_many_and_what_to_do(operator: Operator) -> None:
    agree(operator, evolve(HELD, last_academic_year=None))
    with pytest.raises(AccessWidened) as raised:
        operator.load()
    assert str(raised.value) == (
        "The feed would let users newly see more than 10 % of what they see. "
        "North & West Hub (north), from 2024-09-02: participants newly in view: 3, beside 20; users: 1. "
        "Nothing was loaded. If they may see them, allow wider access."
    )


def test_up_to_a_tenth_more_is_loaded_and_told(operator: Operator) -> None:
    operator.write(*IN_VIEW, *LATER[:2])
    operator.load(complete=True, allow_deletions=True)
    agree(operator, evolve(HELD, last_academic_year=None))
    [widening] = operator.load().widened
    assert widening.newly == NewlySeen(on=TODAY, participants=2, already=20)
    assert len(events(operator, AuditKind.ACCESS_WIDENED)) == 1


def test_the_limit_is_a_setting(operator: Operator) -> None:
    agree(operator, evolve(HELD, last_academic_year=None))
    wider = evolve(operator.import_feed, wider_percent=15)
    feed = operator.feed()
    assert wider.load(*feed, today=TODAY).widened


def test_a_partner_whose_users_saw_nobody_needs_it_to_be_allowed_for_one_participant(operator: Operator) -> None:
    add_grants(operator.storage, a_grant("g2", BOTH, user_id=BEA.id))
    operator.write(*ALL, row(record_id="theirs", delivery_partner_id="both", academic_year="2022"))
    assert not operator.load().widened
    agree(operator, HELD, evolve(HELD, id="a2", delivery_partner_id="both"))
    with pytest.raises(AccessWidened) as raised:
        operator.load()
    [widening] = raised.value.widened
    assert (widening.partner, widening.newly) == (BOTH, NewlySeen(on=TODAY, participants=1, already=0))


def suspended(storage: Storage) -> None:
    add_grants(storage, a_grant("g3", BOTH, user_id=BEA.id))
    write(storage, lambda work: work.users.replace(evolve(BEA, suspended=True)))


@pytest.mark.parametrize(
    "give",
    [
        pytest.param(lambda _: None, id="no grant"),
        pytest.param(lambda storage: add_grants(storage, a_grant("g3", BOTH, ended_on=TODAY)), id="ended grant"),
        pytest.param(lambda storage: add_grants(storage, a_grant("g3", BODY)), id="other role"),
        pytest.param(suspended, id="suspended"),
    ],
)
def test_nothing_is_widened_where_no_user_may_act_for_the_partner(
    operator: Operator, give: Callable[[Storage], None]
) -> None:
    give(operator.storage)
    operator.write(*ALL, row(record_id="theirs", delivery_partner_id="both", academic_year="2022"))
    agree(operator, HELD, evolve(HELD, id="a2", delivery_partner_id="both"))
    assert not operator.load().widened


def test_more_participants_under_the_same_agreements_are_no_widening(operator: Operator) -> None:
    operator.write(*ALL, *(row(record_id=f"new-{number}", academic_year="2022") for number in range(50)))
    outcome = operator.load()
    assert (outcome.records.added, outcome.widened) == (50, ())


def test_a_narrower_agreement_is_no_widening(operator: Operator) -> None:
    agree(operator, evolve(HELD, ends_on=day(3)))
    assert not operator.load().widened
    agree(operator)
    assert not operator.load(complete=True).widened


def test_an_agreement_that_was_ended_by_hand_is_not_brought_back_by_a_feed(operator: Operator) -> None:
    write(operator.storage, lambda work: work.organisations.end_agreement("a1", TODAY))
    agree(operator, evolve(HELD, ends_on=None))
    assert not operator.load().widened


def test_one_that_ran_out_and_is_named_without_its_end_is_a_widening(operator: Operator) -> None:
    operator.now += timedelta(days=40)
    agree(operator, evolve(HELD, ends_on=None))
    assert refused(operator) == NewlySeen(on=day(40), participants=20, already=0)


# A partner that is merged into another

THEIRS: Final = [
    row(record_id=f"theirs-{number}", delivery_partner_id="both", academic_year="2022") for number in range(6)
]
MOVED: Final = [cells | {"delivery_partner_id": "north"} for cells in THEIRS]
MERGED: Final = NewlySeen(on=TODAY, participants=6, already=20)
BOTHS: Final = evolve(HELD, id="a2", delivery_partner_id=BOTH.id)


@pytest.fixture
def two_partners(operator: Operator) -> Operator:
    """Both partners have an agreement with one lead provider; North's user sees 20 participants."""
    operator.write(*ALL, *THEIRS)
    agree(operator, HELD, BOTHS)
    operator.load()
    return operator


@pytest.mark.parametrize(
    "agreements",
    [
        pytest.param([HELD, evolve(BOTHS, delivery_partner_id="north")], id="its agreement moves"),
        pytest.param([HELD], id="its agreement is gone"),
        pytest.param([HELD, BOTHS], id="its agreement stays"),
    ],
)
def test_a_partner_merged_into_another_refuses_the_feed_until_that_is_allowed(
    two_partners: Operator, agreements: Sequence[Agreement]
) -> None:
    two_partners.write(*ALL, *MOVED)
    agree(two_partners, *agreements)
    assert refused(two_partners, complete=True) == MERGED
    outcome = two_partners.load(complete=True, allow_wider_access=True)
    assert [widening.newly for widening in outcome.widened] == [MERGED]


def test_a_partner_that_loses_its_agreement_is_merged_even_if_it_keeps_a_participant(two_partners: Operator) -> None:
    two_partners.write(*ALL, *MOVED[:-1], THEIRS[-1])
    agree(two_partners, HELD)
    assert refused(two_partners, complete=True) == evolve(MERGED, participants=5)


def test_of_a_merged_partner_those_do_not_count_who_were_in_the_listing_already(two_partners: Operator) -> None:
    came = row(record_id="came", participant_id="p-theirs-0", academic_year="2022", starts_on=day(-30).isoformat())
    two_partners.write(*ALL, *THEIRS, came)
    two_partners.load()
    assert "p-theirs-0" in {listed.participant_id for listed in two_partners.listed()}
    two_partners.write(*ALL, *MOVED, came | {"full_name": "Other"})
    assert refused(two_partners) == NewlySeen(on=TODAY, participants=5, already=21)


def test_participants_who_move_from_a_partner_that_keeps_others_are_no_widening(two_partners: Operator) -> None:
    two_partners.write(*ALL, *MOVED[:-1], THEIRS[-1])
    assert not two_partners.load().widened


def test_of_a_merged_partner_only_those_count_who_come_into_view(two_partners: Operator) -> None:
    years = [cells | {"academic_year": "2023"} for cells in MOVED[2:]]
    two_partners.write(*ALL, *MOVED[:2], *years)
    agree(two_partners, HELD)
    [widening] = two_partners.load(complete=True).widened
    assert widening.newly == NewlySeen(on=TODAY, participants=2, already=20)


def test_a_first_import_needs_no_leave_because_there_are_no_users_yet(storage: Storage, tmp_path: Path) -> None:
    operator = Operator(storage, write_feed(tmp_path / "feed", references=REFERENCES))
    operator.write(*ALL)
    assert not operator.load().widened
