"""Strategies for the questions of the vectors, over small worlds in which ids and days nearly meet."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Final

from attrs import frozen
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from checkdata.domain.access.predicates import AllOf, AnyOf, AtLeast, AtMost, Blank, Equals, Predicate
from checkdata.domain.people.organisations import Role
from checkdata.domain.training.facts import (
    DetailsGiven,
    DetailsRequest,
    Eligibility,
    EligibilityReason,
    InductionStatus,
    Mentees,
    ParticipantRole,
    Programme,
    TrainingStatus,
)
from checkdata.domain.training.records import Partnership
from checkdata.predicates import to_json
from tests.vectors.confusions import FAMILIES

Question = dict[str, Any]


@frozen
class _World:
    """Draws the parts of a question about access; where a part is *settled*, there is nothing to be got wrong in it."""

    draw: DrawFn
    on: date
    role: Role
    users: Sequence[str]
    ids: Sequence[str]
    leads: Sequence[str]
    settled: Collection[str]

    def one_of(self, usual: Any, *others: Any, part: str) -> Any:  # noqa: ANN401 - any value
        """What is usual, in a part that is settled; else any of these."""
        return usual if part in self.settled else self.draw(st.sampled_from([usual, *others]))

    def user(self) -> Question | None:
        """The user, who may be another one, or nobody."""
        there = self.one_of(0, 0, 0, 0, 0, 0, 1, None, part="user")
        if there is None:
            return None
        state = self.one_of("active", "active", "active", "active", "suspended", part="user")
        user = {"id": self.users[there], "email": "ann@north.example", "name": "Ann Lee"}
        return {**user, "suspended": state == "suspended"}

    def grant(self, number: int) -> Question:
        """A grant, mostly of the user, in the role and for the organisation that are asked about."""
        role = self.one_of(self.role, self.role, self.role, *Role, part="grants")
        organisation = self.ids[self.one_of(0, 0, 0, 1, part="grants")]
        return {
            "id": f"g{number}",
            "user_id": self.users[self.one_of(0, 0, 1, part="grants")],
            "organisation": _organisation(role, organisation, self.one_of("North Hub", "Renamed", part="grants")),
            "granted_on": _day(self.on, self.one_of(-400, -2, -1, 0, 0, 1, part="grants")),
            "granted_by": "support",
            "reason": "Ticket 12",
            "ended_on": _day(self.on, self.one_of(None, -2, -1, 0, 1, 2, part="grants")),
        }

    def agreement(self, number: int) -> Question:
        """An agreement, mostly of the organisation."""
        starts_on = _day(self.on, self.one_of(-400, -400, -2, -1, 0, 1, 2, part="agreements")) or ""
        ends_on = _day(self.on, self.one_of(None, None, -2, -1, 0, 1, 2, 400, "the last day", part="agreements"))
        first = self.draw(st.sampled_from([None, 2021, 2022, 2023]))
        last = self.draw(st.sampled_from([None, 2022, 2023, 2024]))
        return {
            "id": f"a{number}",
            "lead_provider_id": self.leads[self.one_of(0, 1, part="agreements")],
            "delivery_partner_id": self.ids[self.one_of(0, 0, 1, part="agreements")],
            "starts_on": starts_on,
            "ends_on": None if ends_on is None else max(starts_on, ends_on),
            "first_academic_year": first,
            "last_academic_year": last,
            "covers_unconfirmed": self.draw(st.booleans()),
            "ended_on": _day(self.on, self.one_of(None, None, None, None, -2, -1, 0, 1, 2, 400, part="agreements")),
        }

    def row(self) -> Question:
        """A row that is nearly one of theirs: mostly one of its fields is another."""
        other = self.draw(st.sampled_from(["organisation", "lead", "rest", "all"]))
        organisation = self.draw(_near(self.ids)) if other in {"organisation", "all"} else self.ids[0]
        if self.role is Role.APPROPRIATE_BODY:
            role = self.draw(_ROLES_OF_ROWS) if other in {"rest", "all"} else "ect"
            return {"appropriate_body_id": organisation, "role": role}
        lead = self.draw(_near(self.leads)) if other in {"lead", "all"} else self.leads[0]
        year = self.draw(_YEARS) if other in {"rest", "all"} else 2023
        return {"delivery_partner_id": organisation, "lead_provider_id": lead, "academic_year": year}


_DAYS: Final = (
    *[date(2024, 6, 3)] * 6,
    *(date(2024, 2, 28), date(2024, 2, 29), date(2023, 2, 28), date(2024, 12, 31), date(2025, 1, 1)),
    *(date(2024, 3, 31), date(2024, 10, 27)),
    *(date.min, date.max),
)
_ROLES: Final = (*[Role.DELIVERY_PARTNER] * 8, *[Role.APPROPRIATE_BODY] * 2, *Role)
_TEAMS: Final = (Role.SUPPORT, Role.POLICY)
_ROLES_OF_ROWS: Final = st.sampled_from(["ect", "ECT", "mentor", "ect ", "", None])
_YEARS: Final = st.sampled_from([None, *range(2020, 2026), 0, -1, 99_999])
_SETTLED: Final = (
    {"user", "agreements"},
    {"user", "grants"},
    {"user", "grants", "agreements"},
    {"grants", "agreements"},
    frozenset[str](),
)


def _day(on: date, offset: int | str | None) -> str | None:
    """A day by its distance, within the calendar."""
    if offset is None:
        return None
    if isinstance(offset, str):
        return date.max.isoformat()
    ordinal = min(max(on.toordinal() + offset, date.min.toordinal()), date.max.toordinal())
    return date.fromordinal(ordinal).isoformat()


def _organisation(role: Role, id_: str, name: str) -> Question:
    return {"role": role.value} if role in _TEAMS else {"role": role.value, "id": id_, "name": name}


def _near(ids: Sequence[str]) -> SearchStrategy[object]:
    """What may be taken for the first of these ids."""
    first = ids[0]
    number = [int(first)] if first.isdecimal() and first == str(int(first)) else []
    truth = [first == "true"] if first in {"true", "false"} else []
    spaced = [f"{first} ", f" {first}", f"{first}\u00a0", f"{first}\u200b"]
    return st.sampled_from(
        [*ids[1:], *ids[1:], *ids[1:], *spaced, *number * 5, *truth * 5, False, 0, None, None, "", ""]
    )


@st.composite
def decisions(draw: DrawFn) -> Question:
    """Facts, a day, who asks, and rows."""
    on, role, settled = (draw(st.sampled_from(some)) for some in (_DAYS, _ROLES, _SETTLED))
    users, ids, leads = (draw(st.permutations(draw(st.sampled_from(FAMILIES)))) for _ in range(3))
    world = _World(draw, on, role, users, ids, leads, settled)
    grants = 1 if "grants" in settled else draw(st.integers(0, 2))
    agreements = 1 if "agreements" in settled else draw(st.integers(0, 3))
    facts = {
        "version": 1,
        "user": world.user(),
        "grants": [world.grant(number) for number in range(grants)],
        "agreements": [world.agreement(number) for number in range(agreements)],
    }
    acting = {"version": 1, "user_id": users[0], "organisation": _organisation(role, ids[0], "North Hub")}
    rows = [world.row() for _ in range(draw(st.integers(1, 4)))]
    return {"ask": "decision", "acting": acting, "facts": facts, "on": on.isoformat(), "rows": rows}


_TEXTS: Final = st.sampled_from(["a", "A", "b", "%", "", "null"])
_NUMBERS: Final = st.sampled_from([None, -1, 0, 1, 2023, 2024, 2025])
_LEAVES: Final[SearchStrategy[Predicate]] = (
    st.builds(Equals, st.just("one"), _TEXTS)
    | st.builds(Blank, st.just("one"))
    | st.builds(AtLeast, st.just("year"), st.sampled_from([-1, 0, 2024]))
    | st.builds(AtMost, st.just("year"), st.sampled_from([-1, 0, 2024]))
)
_PREDICATES: Final = st.recursive(
    _LEAVES,
    lambda parts: st.builds(AllOf, st.lists(parts, max_size=3)) | st.builds(AnyOf, st.lists(parts, max_size=3)),
    max_leaves=5,
)


def predicates() -> SearchStrategy[Question]:
    """A predicate, and rows."""
    row = st.fixed_dictionaries({"one": st.none() | _TEXTS | st.sampled_from([0, False]), "year": _NUMBERS})
    rows = st.lists(row, min_size=1, max_size=6, unique_by=repr)
    return st.builds(
        lambda predicate, rows: {"ask": "rows", "predicate": to_json(predicate), "rows": rows}, _PREDICATES, rows
    )


@st.composite
def statuses(draw: DrawFn) -> Question:
    """Facts of a participant's training, and a day."""
    on = draw(st.sampled_from(_DAYS))
    near = st.sampled_from([-400, -1, 0, 1, 400])
    words = {
        "role": st.sampled_from(ParticipantRole),
        "programme": st.sampled_from(Programme),
        "induction_status": st.sampled_from([*[InductionStatus.ACTIVE] * 6, *InductionStatus]),
        "training_status": st.sampled_from([*[TrainingStatus.ACTIVE] * 8, *TrainingStatus]),
        "details_given": st.sampled_from(DetailsGiven),
        "details_request": st.sampled_from([None, *DetailsRequest]),
        "eligibility": st.sampled_from([None, Eligibility.ELIGIBLE, *Eligibility]),
        "eligibility_reason": st.sampled_from([None, *EligibilityReason]),
        "mentees": st.sampled_from(Mentees),
    }
    flags = {
        "has_lead_provider": (True, True, False),
        "has_trn": (True, True, False),
        "trn_validated": (True, True, True, False),
        "school_transfer": (True, False),
        "check_failed": (True, *[False] * 5),
    }
    drawn = {name: draw(values) for name, values in words.items()}
    facts = {
        "version": 1,
        **{name: None if word is None else word.value for name, word in drawn.items()},
        **{name: draw(st.sampled_from(values)) for name, values in flags.items()},
        "starts_on": _day(on, draw(near)),
        "ends_on": _day(on, draw(st.none() | near)),
        "induction_started_on": _day(on, draw(st.none() | near)),
    }
    return {"ask": "status", "facts": facts, "on": on.isoformat()}


@st.composite
def records(draw: DrawFn) -> Question:
    """A participant's training records, an organisation that looks, and a day."""
    on = draw(st.sampled_from(_DAYS))
    role = draw(st.sampled_from([ParticipantRole.ECT, ParticipantRole.ECT, ParticipantRole.MENTOR]))
    near = st.sampled_from([-1, 0, 1])
    record = st.builds(
        lambda **fields: fields,
        record_id=st.sampled_from(["r-1", "r-10", "r-2", "R-3", "r_4"]),
        role=st.just(role.value),
        delivery_partner_id=st.sampled_from([None, "north", "north", "North", "south"]),
        partnership=st.sampled_from([*[Partnership.CONFIRMED] * 6, *Partnership]).map(lambda word: word.value),
        appropriate_body_id=st.sampled_from([None, "north", "North", "south"]),
        starts_on=near.map(lambda offset: _day(on, offset)),
        ends_on=(st.none() | near).map(lambda offset: _day(on, offset)),
        updated_at=st.sampled_from(
            [f"2024-06-03T{time}" for time in ("12:00:00+00:00", "13:00:00+01:00", "12:30:00+01:00", "12:00:01+00:00")]
        ),
    )
    viewer = draw(st.sampled_from(["delivery_partner", "delivery_partner", "appropriate_body"]))
    return {
        "ask": "record",
        "records": draw(st.lists(record, max_size=4, unique_by=lambda each: each["record_id"])),
        "viewer": {"role": viewer, "id": "north"},
        "on": on.isoformat(),
    }


MOMENTS: Final = (
    "2024-06-30T22:59:59+00:00",
    "2024-06-30T23:00:00+00:00",
    "2024-06-30T23:59:59+00:00",
    "2024-07-01T00:00:00+00:00",
    "2024-06-30T23:59:59+01:00",
    "2024-07-01T00:00:00+01:00",
    "2024-12-30T23:00:00+00:00",
    "2024-12-30T23:59:59+00:00",
    "2024-12-31T00:00:00+00:00",
    "2024-12-31T23:59:59+00:00",
    "2025-01-01T00:00:00+00:00",
    "2024-03-31T00:59:59+00:00",
    "2024-03-31T01:00:00+00:00",
    "2024-03-31T22:59:59+00:00",
    "2024-03-31T23:00:00+00:00",
    "2024-10-26T23:00:00+00:00",
    "2024-10-27T00:59:59+00:00",
    "2024-10-27T01:00:00+00:00",
    "2024-10-27T23:00:00+00:00",
    "2024-02-28T23:59:59+00:00",
    "2024-02-29T00:00:00+00:00",
    "2024-07-01T04:30:00+05:30",
    "2024-07-01T04:29:59+05:30",
    "2024-06-30T12:00:00-11:00",
    "2024-06-30T11:59:59-11:00",
    "2050-06-30T23:00:00+00:00",
    "2050-12-31T23:59:59+00:00",
)
"""Moments about midnight in London, in winter and in summer, and on the days on which its clocks change."""
