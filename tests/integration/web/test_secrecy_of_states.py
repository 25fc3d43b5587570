"""Nothing distinguishes two participants whose states are in the same group (statuses.md 2, security.md 45)."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from io import BytesIO
from typing import Any, Final

import pytest
from attrs import evolve
from httpx2 import Response
from openpyxl import load_workbook

from checkdata.adapters.memory import MemoryStorage
from checkdata.domain.listing.orders import Sort
from checkdata.domain.training.facts import (
    DetailsGiven,
    DetailsRequest,
    Eligibility,
    EligibilityReason,
    InductionStatus,
    Mentees,
    TrainingStatus,
)
from checkdata.domain.training.records import TrainingRecord
from checkdata.domain.training.states import TrainingState
from checkdata.domain.training.statuses import Status
from checkdata.domain.training.who_acts import WhoActs
from checkdata.domain.values import ParticipantId
from checkdata.entrypoints.web.api.endpoint import CHANGES, PARTICIPANTS
from tests.integration.web.client import Client
from tests.integration.web.programs import program_of
from tests.integration.web.world import ANN, BEA, BODY, NORTH, World, a_record, as_mentor, with_feed_and_access

Facts = Mapping[str, Any]

NOTHING_GIVEN: Final[Facts] = {"trn": None, "trn_validated": False, "details_given": DetailsGiven.NONE}


def manual(reason: EligibilityReason) -> Facts:
    return {"eligibility": Eligibility.MANUAL_CHECK, "eligibility_reason": reason}


def ineligible(reason: EligibilityReason, mentees: Mentees = Mentees.CURRENT) -> Facts:
    return {"eligibility": Eligibility.INELIGIBLE, "eligibility_reason": reason, "mentees": mentees}


ECT: Final = a_record(500, "Pat Hidden", induction_started_on=None)
MENTOR: Final = as_mentor(ECT)

GROUPS: Final[Mapping[str, tuple[TrainingRecord, Mapping[TrainingState, Facts]]]] = {
    "contacted": (
        ECT,
        {
            TrainingState.VALIDATION_NOT_STARTED: NOTHING_GIVEN,
            TrainingState.REQUEST_FOR_DETAILS_SUBMITTED: {**NOTHING_GIVEN, "details_request": DetailsRequest.SUBMITTED},
            TrainingState.REQUEST_FOR_DETAILS_DELIVERED: {**NOTHING_GIVEN, "details_request": DetailsRequest.DELIVERED},
            TrainingState.REQUEST_FOR_DETAILS_FAILED: {**NOTHING_GIVEN, "details_request": DetailsRequest.FAILED},
        },
    ),
    "checking": (
        ECT,
        {
            TrainingState.CHECKS_NOT_COMPLETE: {"eligibility": None},
            TrainingState.DIFFERENT_TRN: manual(EligibilityReason.DIFFERENT_TRN),
            TrainingState.INTERNAL_ERROR: {"check_failed": True},
            TrainingState.ACTIVE_FLAGS: manual(EligibilityReason.ACTIVE_FLAGS),
        },
    ),
    "not eligible, ECT": (
        ECT,
        {
            TrainingState.NOT_ALLOWED: ineligible(EligibilityReason.ACTIVE_FLAGS),
            TrainingState.DUPLICATE_PROFILE: ineligible(EligibilityReason.DUPLICATE_PROFILE),
            TrainingState.EXEMPT_FROM_INDUCTION: ineligible(EligibilityReason.EXEMPT_FROM_INDUCTION),
        },
    ),
    "not eligible, mentor": (
        MENTOR,
        {
            TrainingState.NOT_ALLOWED: ineligible(EligibilityReason.ACTIVE_FLAGS),
            TrainingState.ACTIVE_MENTORING_ERO: ineligible(EligibilityReason.PREVIOUS_PARTICIPATION),
            TrainingState.NOT_YET_MENTORING_ERO: ineligible(EligibilityReason.PREVIOUS_PARTICIPATION, Mentees.FORMER),
        },
    ),
    "withdrawn, ECT": (
        ECT,
        {
            TrainingState.WITHDRAWN_TRAINING: {"training_status": TrainingStatus.WITHDRAWN},
            TrainingState.WITHDRAWN_PROGRAMME: {"induction_status": InductionStatus.WITHDRAWN},
        },
    ),
    "withdrawn, mentor": (
        MENTOR,
        {
            TrainingState.WITHDRAWN_TRAINING: {"training_status": TrainingStatus.WITHDRAWN},
            TrainingState.WITHDRAWN_PROGRAMME: {"induction_status": InductionStatus.WITHDRAWN},
        },
    ),
    "moved on": (
        ECT,
        {
            TrainingState.NO_LONGER_INVOLVED: {"induction_status": InductionStatus.CHANGED},
            TrainingState.LEFT: {"induction_status": InductionStatus.LEAVING, "ends_on": date(2023, 12, 31)},
        },
    ),
    "mentoring": (
        MENTOR,
        {
            TrainingState.ACTIVE_MENTORING: {"mentees": Mentees.CURRENT},
            TrainingState.NOT_YET_MENTORING: {"mentees": Mentees.FORMER},
        },
    ),
}
"""For each group that hides something, a participant and what puts them into each of its states."""


BY_WHO_ACTS: Final = "&".join(f"next={who.value}" for who in WhoActs)
BY_SCHOOL: Final = (
    f"/chase?{BY_WHO_ACTS}",
    f"/chase.xlsx?{BY_WHO_ACTS}",
    "/overview",
    "/schools",
    f"/schools/{ECT.school_urn}",
)


def a_world(*records: TrainingRecord) -> World:
    """A service into which the same participant was loaded again and again, a day between."""
    world = with_feed_and_access(World(storage=MemoryStorage()))
    for number, record in enumerate(records):
        if number:
            world.pass_time(days=1)
        world.load([evolve(record, updated_at=world.now)])
    return world


def state_in(world: World) -> TrainingState:
    assert isinstance(world.storage, MemoryStorage)
    return world.storage.state.listings[ParticipantId(ECT.participant_id)].rows[NORTH].state


def given_by(world: World) -> list[bytes]:
    """All that a partner and a body are given, without what is new in every answer."""
    answers = []
    for email, path in ((ANN, "/participants"), (BEA, "/ects")):
        client = Client(world)
        client.sign_in(email)
        filters = [f"{path}?status={status.value}" for status in Status]
        orders = [f"{path}?sort={sort.value}" for sort in Sort]
        own_page = f"{path}/{ECT.participant_id}"
        changes = "/changes" if email == ANN else "/ects/changes"
        changed = [f"{changes}{words}" for words in ("", "?since=2024-01-01", ".csv?since=2024-01-01")]
        listed = (path, f"{path}?query=hidden", f"{path}.csv", f"{path}.csv?query=hidden", *filters, *orders)
        files = [f"{path}/{name}" for name in ("extended.csv", "extended.xlsx", "contacts.csv", "all-contacts.csv")]
        area = "" if email == ANN else path
        for place in (*listed, *files, *(f"{area}{page}" for page in BY_SCHOOL), *changed, own_page):
            response = client.http.get(place)
            is_of_one = place == own_page or "/schools/" in place
            assert response.status_code == 200 or (is_of_one and email == BEA)  # a body sees no mentor
            answers.append(_without_what_is_new(response))
    return [*answers, *read_by_programs(world)]


def read_by_programs(world: World) -> list[bytes]:
    """What programs of both read, without the names of imports and what is signed for them."""
    answers = []
    for email, organisation in ((ANN, NORTH), (BEA, BODY)):
        program = program_of(world, email, organisation)
        places = [f"{PARTICIPANTS}?status={status.value}" for status in Status]
        places += [f"{PARTICIPANTS}?updated_since={world.now.date() - timedelta(days=days)}" for days in range(4)]
        places += [f"{CHANGES}?since={world.now.date() - timedelta(days=days)}" for days in range(4)]
        contents = [program.ask(place).content for place in (PARTICIPANTS, f"{PARTICIPANTS}?query=hidden", *places)]
        answers += [re.sub(rb'"(import|updated_since)":"[^"]+"', b"", content) for content in contents]
    return answers


def _without_what_is_new(response: Response) -> bytes:
    """What an answer tells; a workbook holds when it was made."""
    if response.headers["content-type"].endswith("sheet"):
        return repr(list(load_workbook(BytesIO(response.content)).worksheets[0].values)).encode()
    return re.sub(rb'(nonce|name="csrf_token" value)="[^"]+"', b"", response.content)


@pytest.mark.parametrize("group", GROUPS)
def test_two_states_of_a_group_give_the_same_bytes(group: str) -> None:
    base, facts_of = GROUPS[group]
    answers = []
    for state, facts in facts_of.items():
        world = a_world(evolve(base, **facts))
        assert state_in(world) is state
        answers.append(given_by(world))
    assert b"Pat Hidden" in answers[0][0]
    assert all(answer == answers[0] for answer in answers)


@pytest.mark.parametrize("group", GROUPS)
def test_a_change_within_a_group_gives_the_same_bytes_as_none(group: str) -> None:
    base, facts_of = GROUPS[group]
    first, *others = (evolve(base, **facts) for facts in facts_of.values())
    unchanged = given_by(a_world(first, first))
    assert all(given_by(a_world(other, first)) == unchanged for other in others)


CHECKED: Final[Sequence[Facts]] = (
    {"eligibility": None},
    {**manual(EligibilityReason.DIFFERENT_TRN), "trn_validated": False},
    manual(EligibilityReason.DIFFERENT_TRN),
    {"check_failed": True},
    {"check_failed": True, "trn_validated": False},
    manual(EligibilityReason.ACTIVE_FLAGS),
)
"""What begins a check, as feeds and teacher records tell it: with a TRN that is validated, and without."""


@pytest.mark.parametrize("later", [{}, {"training_status": TrainingStatus.DEFERRED}], ids=["checking", "then deferred"])
def test_a_trn_that_was_shown_tells_nothing_when_a_check_begins_and_when_the_status_changes_meanwhile(
    later: Facts,
) -> None:
    answers = [given_by(a_world(ECT, evolve(ECT, **facts), evolve(ECT, **facts, **later))) for facts in CHECKED]
    assert ECT.trn is not None
    assert ECT.trn.encode() in given_by(a_world(ECT))[0]
    assert all(answer == answers[0] for answer in answers)


def test_these_bytes_do_tell_groups_apart() -> None:
    contacted, deferred = evolve(ECT, **NOTHING_GIVEN), evolve(ECT, training_status=TrainingStatus.DEFERRED)
    assert given_by(a_world(contacted)) != given_by(a_world(deferred))
