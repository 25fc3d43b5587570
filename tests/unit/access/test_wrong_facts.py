"""What another service may hand over by mistake gets an error or the right answer, never one that is wrong."""

import gc
import pickle
import re
import sys
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, Final

import pytest
from attrs import evolve

import checkdata
from checkdata.domain.access.decision import (
    AccessFacts,
    AccessRefused,
    Acting,
    Granted,
    Refused,
    available,
    decide,
    require,
    scope_of,
)
from checkdata.domain.access.predicates import AllOf, AnyOf, AtLeast, AtMost, Equals, holds
from checkdata.domain.access.scope import Scope, ScopeRule
from checkdata.domain.errors import InvalidValue
from checkdata.domain.people.organisations import Agreement, AppropriateBody, DeliveryPartner, SupportTeam
from checkdata.domain.people.users import Grant, User
from checkdata.domain.values import EmailAddress, LeadProviderId, UserId
from checkdata.json import schema

NORTH: Final = DeliveryPartner("north", "North Hub")
ADA: Final = User(id=UserId("ada"), email=EmailAddress("ada@partner.example"), name="Ada")
GRANT: Final = Grant(
    id="g1", user_id=ADA.id, organisation=NORTH, granted_on=date(2024, 1, 8), granted_by="sam", reason="Ticket 12"
)
AGREEMENT: Final = Agreement(
    id="ag1",
    lead_provider_id=LeadProviderId("lp-1"),
    delivery_partner_id="north",
    starts_on=date(2023, 9, 1),
    ends_on=date(2025, 8, 31),
)
FACTS: Final = AccessFacts(user=ADA, grants=[GRANT], agreements=[AGREEMENT])
ACTING: Final = Acting(ADA.id, NORTH)
ON: Final = date(2024, 9, 2)


def test_facts_from_an_iterator_are_read_once_and_kept() -> None:
    facts = AccessFacts(user=ADA, grants=iter([GRANT]), agreements=(each for each in [AGREEMENT]))
    for _ in range(2):
        decision = decide(ACTING, facts, on=ON)
        assert isinstance(decision, Granted)
        assert decision.holds_until == date(2025, 9, 1)


def test_parts_and_rules_from_an_iterator_are_kept_too() -> None:
    either = AnyOf(iter([Equals("a", "x")]))
    assert [holds(either, SimpleNamespace(a="x")) for _ in range(2)] == [True, True]
    scope = Scope(organisation=NORTH, rules=iter([ScopeRule(lead_provider_id=None)]))
    assert scope.rules == (ScopeRule(lead_provider_id=None),)


@pytest.mark.parametrize("bound", [{"first_academic_year": 2021}, {"last_academic_year": 2021}])
def test_a_row_without_a_year_is_in_no_span_of_years(bound: dict[str, int]) -> None:
    row = SimpleNamespace(delivery_partner_id="north", lead_provider_id="lp-1", academic_year=None)
    assert not Scope(organisation=NORTH, rules=(ScopeRule(lead_provider_id=LeadProviderId("lp-1"), **bound),)).covers(
        row
    )


@pytest.mark.parametrize("year", ["2021", 2021.0, float("nan"), date(2021, 1, 1)])
@pytest.mark.parametrize("bound", [AtLeast("academic_year", 2021), AtMost("academic_year", 2021)])
def test_a_year_that_is_no_number_is_an_error_that_names_the_field(bound: AtLeast | AtMost, year: object) -> None:
    with pytest.raises(TypeError, match="academic_year: expected int or None"):
        holds(bound, SimpleNamespace(academic_year=year))


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2024, 6, 2, 23, 30, tzinfo=UTC), date(2024, 6, 3)),
        (datetime(2024, 12, 2, 23, 30, tzinfo=UTC), date(2024, 12, 2)),
    ],
)
def test_today_is_the_day_in_london(moment: datetime, day: date, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stopped(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:  # noqa: ANN401 - as datetime has it
            return moment.astimezone(tz)

    monkeypatch.setattr(checkdata, "datetime", Stopped)
    assert checkdata.london_today() == day


BLANK_IDS: Final[dict[str, Callable[[Any], object]]] = {
    "DeliveryPartner.id": DeliveryPartner,
    "AppropriateBody.id": AppropriateBody,
    "User.id": lambda id_: evolve(ADA, id=id_),
    "Acting.user_id": lambda id_: Acting(id_, NORTH),
    "Grant.id": lambda id_: evolve(GRANT, id=id_),
    "Grant.user_id": lambda id_: evolve(GRANT, user_id=id_),
    "Agreement.id": lambda id_: evolve(AGREEMENT, id=id_),
    "Agreement.lead_provider_id": lambda id_: evolve(AGREEMENT, lead_provider_id=id_),
    "Agreement.delivery_partner_id": lambda id_: evolve(AGREEMENT, delivery_partner_id=id_),
    "ScopeRule.lead_provider_id": lambda id_: ScopeRule(lead_provider_id=id_),
}


@pytest.mark.parametrize("field", BLANK_IDS)
@pytest.mark.parametrize("blank", ["", " ", "\t", " a", "a ", "a\0", "a\n", "\ud800"])
def test_an_id_is_never_blank(field: str, blank: str) -> None:
    with pytest.raises(InvalidValue, match=field.partition(".")[2]):
        BLANK_IDS[field](blank)


def test_an_id_is_refused_for_unicodes_controls_and_white_space_at_its_ends_and_for_nothing_else() -> None:
    for code in (*range(0x3100), *range(0xD7F0, 0xE010), 0xFEFF, 0xFFFF, 0x1F600):
        character = chr(code)
        is_text = unicodedata.category(character) not in {"Cc", "Cs"}
        is_end = is_text and not character.isspace()
        assert [_is_id(f"a{character}a"), _is_id(character), _is_id(f"a{character}")] == [is_text, is_end, is_end], code


def test_the_schema_refuses_the_ids_that_the_rules_refuse() -> None:
    pattern = schema("acting")["properties"]["user_id"]["pattern"]
    for text in (
        "",
        " ",
        "a ",
        "a\u00a0",
        "a\u200d",
        "a\u2028b",
        "\ufeff",
        "a\x85b",
        "a\0",
        "a b",
        "a\ud800",
        "\U0001f600",
    ):
        assert _is_id(text) == (re.fullmatch(pattern, text) is not None)


def _is_id(text: str) -> bool:
    try:
        DeliveryPartner(text)
    except InvalidValue:
        return False
    return True


@pytest.mark.parametrize("field", BLANK_IDS)
@pytest.mark.parametrize("number", [1, 1.0, b"1"])
def test_an_id_of_another_type_is_an_error_that_names_the_field(field: str, number: object) -> None:
    with pytest.raises(TypeError, match=rf"^{field.partition('.')[2]}: expected str, not {type(number).__name__}$"):
        BLANK_IDS[field](number)


def _any(function: Any) -> Any:  # noqa: ANN401 - wrong on purpose
    return function


def _with(value: Any, **changes: Any) -> Any:  # noqa: ANN401 - wrong on purpose
    return evolve(value, **changes)


WRONG: Final[dict[str, Callable[[], object]]] = {
    "email: expected EmailAddress, not str": lambda: _with(ADA, email="ada@partner.example"),
    "value: expected str, not int": lambda: _any(EmailAddress)(1),
    "suspended: expected bool, not str": lambda: _with(ADA, suspended="false"),
    "organisation: expected .*, not str": lambda: _with(GRANT, organisation="north"),
    "granted_on: expected date, not datetime": lambda: _with(GRANT, granted_on=datetime(2024, 1, 8, tzinfo=UTC)),
    "ended_on: expected date or None, not str": lambda: _with(GRANT, ended_on="2024-01-08"),
    "starts_on: expected date, not datetime": lambda: _with(AGREEMENT, starts_on=datetime(2024, 1, 8, tzinfo=UTC)),
    "ends_on: expected date or None, not str": lambda: _with(AGREEMENT, ends_on="2024-01-08"),
    "first_academic_year: expected int or None, not str": lambda: _with(AGREEMENT, first_academic_year="2021"),
    "last_academic_year: expected int or None, not bool": lambda: _with(AGREEMENT, last_academic_year=True),
    "covers_unconfirmed: expected bool, not str": lambda: _with(AGREEMENT, covers_unconfirmed="false"),
    "user: expected User or None, not str": lambda: _with(FACTS, user="ada"),
    "grants: expected Iterable, not Grant": lambda: _with(FACTS, grants=GRANT),
    "one of grants: expected Grant, not Agreement": lambda: _with(FACTS, grants=[AGREEMENT]),
    "one of agreements: expected Agreement, not str": lambda: _with(FACTS, agreements="ag1"),
    "organisation: expected .*, not str$": lambda: _any(scope_of)("dp", [AGREEMENT], on=ON),
    "one of agreements: expected Agreement, not dict": lambda: _any(scope_of)(NORTH, [{}], on=ON),
    "on: expected date, not datetime": lambda: _any(scope_of)(NORTH, [], on=datetime(2024, 9, 2, tzinfo=UTC)),
    "user_id: expected str, not int": lambda: _any(available)(1, FACTS, on=ON),
    "on: expected date, not str": lambda: _any(available)(ADA.id, FACTS, on="2024-09-02"),
    "value: expected str, not int$": lambda: _any(Equals)("id", 12),
    "value: expected int, not str": lambda: _any(AtLeast)("academic_year", "2021"),
    "one of parts: expected .*, not str": lambda: _any(AllOf)("ab"),
    "columns: no column for lead_provider_id and academic_year": lambda: Scope(organisation=NORTH).covers(
        {}, {"delivery_partner_id": "partner"}
    ),
}


@pytest.mark.parametrize("sentence", WRONG)
def test_a_wrong_type_is_an_error_that_names_the_field_and_never_the_value(sentence: str) -> None:
    with pytest.raises(TypeError, match=f"^{sentence}"):
        WRONG[sentence]()


def test_a_row_may_be_a_mapping_and_have_other_names() -> None:
    scope = scope_of(NORTH, [AGREEMENT], on=ON)
    assert isinstance(scope, Scope)
    names = {"delivery_partner_id": "partner", "lead_provider_id": "lead", "academic_year": "year"}
    row = {"partner": "north", "lead": "lp-1", "year": 2023}
    assert scope.covers({field: row[name] for field, name in names.items()})
    assert scope.covers(row, names)
    assert scope.covers(SimpleNamespace(**row), names)
    assert scope.filter([row, row | {"lead": "lp-2"}, row], names) == [row, row]


def test_a_refusal_goes_to_another_process() -> None:
    with pytest.raises(AccessRefused) as raised:
        require(ACTING, evolve(FACTS, grants=[]), on=ON)
    again = pickle.loads(pickle.dumps(raised.value))  # noqa: S301 - our own
    assert (again.refusal, str(again)) == (raised.value.refusal, str(raised.value))


def test_a_version_of_facts_changes_with_any_fact_and_not_with_their_order() -> None:
    other = evolve(AGREEMENT, id="ag2", ended_on=date(2025, 1, 1))
    facts = evolve(FACTS, agreements=[AGREEMENT, other])
    assert facts.version == evolve(FACTS, agreements=[other, AGREEMENT]).version
    changed = (
        FACTS,
        evolve(facts, user=evolve(ADA, suspended=True)),
        evolve(facts, grants=[evolve(GRANT, ended_on=ON)]),
        evolve(facts, agreements=[AGREEMENT, evolve(other, ended_on=ON)]),
    )
    assert len({facts.version, *(each.version for each in changed)}) == 1 + len(changed)


@pytest.mark.parametrize("acting", [ACTING, Acting(ADA.id, AppropriateBody("body")), Acting(ADA.id, SupportTeam())])
def test_a_decision_takes_no_more_calls_however_many_agreements_others_have(acting: Acting) -> None:
    others = [evolve(AGREEMENT, id=f"other-{n}", delivery_partner_id=f"dp-{n}") for n in range(2000)]
    facts = evolve(FACTS, grants=[GRANT, evolve(GRANT, organisation=acting.organisation)])
    with_others = evolve(facts, agreements=[*others, AGREEMENT])
    assert decide(acting, with_others, on=ON) == decide(acting, facts, on=ON)
    assert _calls(lambda: decide(acting, with_others, on=ON)) == _calls(lambda: decide(acting, facts, on=ON))


def _calls(act: Callable[[], object]) -> int:
    """How many functions of Python were called."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    gc.disable()  # others may be called back by a collection
    sys.setprofile(count)
    try:
        act()
    finally:
        sys.setprofile(before)
        gc.enable()
    return calls


def test_a_decision_about_nobody_is_a_refusal_that_holds_for_good() -> None:
    refused = decide(ACTING, evolve(FACTS, user=None), on=ON)
    assert isinstance(refused, Refused)
    assert refused.holds_until is None
