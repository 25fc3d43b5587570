"""What goes on record of a scope tells later what it covered."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkdata.domain.access.scope import Scope, ScopeRule, rules_in_words, rules_of_words, scope_as_recorded
from checkdata.domain.people.organisations import DeliveryPartner
from checkdata.domain.values import LeadProviderId

LEADS = [LeadProviderId("lp-1"), LeadProviderId("2021-2022"), LeadProviderId("-"), None]
YEARS = st.none() | st.integers(2019, 2026)
RULES = st.builds(
    ScopeRule, lead_provider_id=st.sampled_from(LEADS), first_academic_year=YEARS, last_academic_year=YEARS
)


@given(st.lists(RULES, max_size=8))
def test_the_recorded_rules_cover_exactly_what_the_scope_covered(rules: list[ScopeRule]) -> None:
    scope = Scope(organisation=DeliveryPartner("north"), rules=tuple(rules))
    recorded = scope_as_recorded(scope.organisation, rules_of_words(scope.recorded.get("rules", "")))
    for lead in LEADS:
        for year in range(2017, 2029):
            row = SimpleNamespace(delivery_partner_id="north", lead_provider_id=lead, academic_year=year)
            assert recorded.covers(row) == scope.covers(row)


@pytest.mark.parametrize(
    ("spans", "words"),
    [
        ([(None, None)], "-:lp-1"),
        ([(2021, 2021), (2022, 2022), (2023, 2024)], "2021-2024:lp-1"),
        ([(2023, None), (2020, 2021), (2021, 2021)], "2020-2021:lp-1 2023-:lp-1"),
        ([(2022, 2023), (None, 2022), (2025, 2025)], "-2023:lp-1 2025-2025:lp-1"),
    ],
)
def test_years_that_follow_each_other_are_one_span(spans: list[tuple[int | None, int | None]], words: str) -> None:
    lead = LeadProviderId("lp-1")
    rules = [ScopeRule(lead_provider_id=lead, first_academic_year=a, last_academic_year=b) for a, b in spans]
    assert rules_in_words(rules) == words


def test_the_same_rules_are_the_same_words_in_any_order() -> None:
    one, other = ScopeRule(lead_provider_id=LEADS[0]), ScopeRule(lead_provider_id=None, first_academic_year=2021)
    assert rules_in_words([one, other]) == rules_in_words([other, one, one]) == "-:lp-1 2021-:"
