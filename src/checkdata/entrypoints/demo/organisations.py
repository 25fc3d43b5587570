"""The made-up organisations of the demo, and who has an agreement with whom.

The constants name those that show something, so that the demo's users can be made for them.
Every delivery partner but `ENDED_PARTNER` has an agreement in force on the feed's day, and
`CONFIRMING_LEAD_PROVIDER` names a lead provider that may confirm its users.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from checkdata.entrypoints.demo.rows import (
    AgreementRow,
    AppropriateBodyRow,
    DeliveryPartnerRow,
    LeadProviderRow,
)

KESTREL: Final = "lp-kestrel"
BRIGHTWATER: Final = "lp-brightwater"
LARKFIELD: Final = "lp-larkfield"
HALLAM_AND_DENE: Final = "lp-hallam-dene"
OPEN_FIELDS: Final = "lp-open-fields"

NORTH_HUB: Final = "dp-north-hub"
"""The largest partner, with two lead providers; the awkward names are among its participants."""

SEVERN_VALE: Final = "dp-severn-vale"
"""One lead provider, and an agreement that follows one that has ended."""

BOTH_PARTNER: Final = "dp-kingsmead"
"""The delivery partner of the organisation that is also the appropriate body `BOTH_BODY`."""

PARTLY_COVERED_PARTNER: Final = "dp-fenland"
"""Has participants with three lead providers, an agreement with one, and only for later years."""

CONFIRMED_ONLY_PARTNER: Final = "dp-weald"
"""Its agreement does not cover participants without a confirmed lead provider."""

ENDED_PARTNER: Final = "dp-harbour-coast"
"""Has participants, but its only agreement, with `LARKFIELD`, ended three months ago."""

SMALL_PARTNER: Final = "dp-st-cuthberts"
"""A handful of schools, an agreement of a few months, and a name with an apostrophe and an &."""

BOTH_BODY: Final = "ab-kingsmead"
"""The appropriate body of the organisation that is also the delivery partner `BOTH_PARTNER`."""

PENNINE_BODY: Final = "ab-pennine"
WESSEX_BODY: Final = "ab-wessex"
EASTERN_BODY: Final = "ab-eastern-counties"

CONFIRMING_LEAD_PROVIDER: Final[Mapping[str, str]] = {
    NORTH_HUB: KESTREL,
    SEVERN_VALE: BRIGHTWATER,
    BOTH_PARTNER: HALLAM_AND_DENE,
    PARTLY_COVERED_PARTNER: LARKFIELD,
    CONFIRMED_ONLY_PARTNER: OPEN_FIELDS,
    SMALL_PARTNER: KESTREL,
}
"""For each partner with an agreement in force, a lead provider of such an agreement."""

ENDED_PARTNER_LEAD_PROVIDER: Final = LARKFIELD
"""The lead provider that confirmed the users of `ENDED_PARTNER` while its agreement was in force."""

LEAD_PROVIDERS: Final = (
    LeadProviderRow(KESTREL, "Kestrel Teacher Development", "access@kestrel.example.org"),
    LeadProviderRow(BRIGHTWATER, "Brightwater Institute of Teaching", "ecf@brightwater.example.org"),
    LeadProviderRow(LARKFIELD, "Larkfield Education", "partners@larkfield.example.org"),
    LeadProviderRow(HALLAM_AND_DENE, "Hallam & Dene Learning", "data@hallam-dene.example.org"),
    LeadProviderRow(OPEN_FIELDS, "Open Fields Teaching Trust", "ect@open-fields.example.org"),
)

DELIVERY_PARTNERS: Final = (
    DeliveryPartnerRow(NORTH_HUB, "Northern Moors Teaching School Hub"),
    DeliveryPartnerRow(SEVERN_VALE, "Severn Vale Teaching Partnership"),
    DeliveryPartnerRow(BOTH_PARTNER, "Kingsmead Teaching School Hub"),
    DeliveryPartnerRow(PARTLY_COVERED_PARTNER, "Fenland Schools Alliance"),
    DeliveryPartnerRow(CONFIRMED_ONLY_PARTNER, "Weald and Downs Professional Development"),
    DeliveryPartnerRow(ENDED_PARTNER, "Harbour Coast Teaching School Hub"),
    DeliveryPartnerRow(SMALL_PARTNER, "St Cuthbert's & Wear Valley Training Alliance"),
)

APPROPRIATE_BODIES: Final = (
    AppropriateBodyRow(BOTH_BODY, "Kingsmead Teaching School Hub"),
    AppropriateBodyRow(PENNINE_BODY, "Pennine Induction Service"),
    AppropriateBodyRow(WESSEX_BODY, "Wessex Appropriate Body Partnership"),
    AppropriateBodyRow(EASTERN_BODY, "Eastern Counties Teaching School Hub"),
)

SCHOOLS_OF: Final[Mapping[tuple[str, str], float]] = {
    (NORTH_HUB, KESTREL): 22,
    (NORTH_HUB, BRIGHTWATER): 12,
    (SEVERN_VALE, BRIGHTWATER): 16,
    (BOTH_PARTNER, HALLAM_AND_DENE): 15,
    (PARTLY_COVERED_PARTNER, LARKFIELD): 8,
    (PARTLY_COVERED_PARTNER, HALLAM_AND_DENE): 3,
    (PARTLY_COVERED_PARTNER, OPEN_FIELDS): 2,
    (CONFIRMED_ONLY_PARTNER, OPEN_FIELDS): 10,
    (ENDED_PARTNER, LARKFIELD): 8,
    (SMALL_PARTNER, KESTREL): 4,
}
"""The share of schools that train through each delivery partner and lead provider."""


def academic_year_of(day: date) -> int:
    """Return the first year of the academic year that the day is in; it begins on 1 September."""
    september = 9
    return day.year if day.month >= september else day.year - 1


def demo_agreements(today: date) -> tuple[AgreementRow, ...]:
    """Return the data-sharing agreements, with dates that lie around today."""
    year = academic_year_of(today)
    return (
        AgreementRow("dsa-001", KESTREL, NORTH_HUB, date(year - 5, 9, 1)),
        AgreementRow("dsa-002", BRIGHTWATER, NORTH_HUB, date(year - 3, 9, 1), date(year + 3, 8, 31)),
        AgreementRow("dsa-003", BRIGHTWATER, SEVERN_VALE, date(year - 5, 9, 1), date(year, 8, 31)),
        AgreementRow("dsa-004", BRIGHTWATER, SEVERN_VALE, date(year, 9, 1), date(year + 4, 8, 31)),
        AgreementRow("dsa-005", HALLAM_AND_DENE, BOTH_PARTNER, date(year - 4, 9, 1)),
        AgreementRow(
            "dsa-006",
            LARKFIELD,
            PARTLY_COVERED_PARTNER,
            date(year - 2, 9, 1),
            first_academic_year=year - 2,
        ),
        AgreementRow(
            "dsa-007",
            OPEN_FIELDS,
            CONFIRMED_ONLY_PARTNER,
            date(year - 4, 9, 1),
            covers_unconfirmed="false",
        ),
        AgreementRow(
            "dsa-008",
            ENDED_PARTNER_LEAD_PROVIDER,
            ENDED_PARTNER,
            date(year - 5, 9, 1),
            today - timedelta(days=90),
        ),
        AgreementRow(
            "dsa-009",
            KESTREL,
            SMALL_PARTNER,
            today - timedelta(days=60),
            today + timedelta(days=200),
        ),
    )
