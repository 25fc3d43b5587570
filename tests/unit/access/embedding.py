"""What a program that embeds checkdata does; test_architecture.py runs it where nothing but attrs can be imported."""

from datetime import date
from types import SimpleNamespace

from checkdata import (
    AccessFacts,
    Acting,
    Agreement,
    DeliveryPartner,
    EmailAddress,
    Grant,
    Granted,
    LeadProviderId,
    Reason,
    Refused,
    User,
    UserId,
    decide,
)

PARTNER = DeliveryPartner("partner-1", "Ashdown Training")
ELIZA = User(id=UserId("user-1"), email=EmailAddress("eliza@example.com"), name="Eliza Doolittle")
GRANT = Grant(
    id="grant-1",
    user_id=ELIZA.id,
    organisation=PARTNER,
    granted_on=date(2024, 1, 1),
    granted_by="support-1",
    reason="Confirmed by the lead provider",
    confirmed_by=LeadProviderId("lead-1"),
)
AGREEMENT = Agreement(
    id="agreement-1",
    lead_provider_id=LeadProviderId("lead-1"),
    delivery_partner_id=PARTNER.id,
    starts_on=date(2023, 9, 1),
    ends_on=date(2025, 8, 31),
)
FACTS = AccessFacts(user=ELIZA, grants=[GRANT], agreements=[AGREEMENT])
ACTING = Acting(ELIZA.id, PARTNER)


def participant_of(lead_provider_id: str) -> SimpleNamespace:
    return SimpleNamespace(delivery_partner_id=PARTNER.id, lead_provider_id=lead_provider_id, academic_year=2024)


def main() -> None:
    granted = decide(ACTING, FACTS, on=date(2025, 8, 31))
    assert isinstance(granted, Granted)
    assert granted.holds_until == date(2025, 9, 1)
    assert granted.scope.covers(participant_of("lead-1"))
    assert not granted.scope.covers(participant_of("lead-2"))

    refused = decide(ACTING, FACTS, on=date(2025, 9, 1))
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.NO_AGREEMENT


if __name__ == "__main__":
    main()
