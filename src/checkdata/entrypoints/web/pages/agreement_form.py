"""The form by which support adds an agreement, read field by field, so that each fault is told where it is."""

from collections.abc import Mapping
from typing import Final

from checkdata.domain.services.access.manage_agreements import NewAgreement
from checkdata.domain.values import LeadProviderId
from checkdata.entrypoints.web.pages.access_form import reason_fault
from checkdata.entrypoints.web.pages.day_fields import day_fault, day_field_names, day_of
from checkdata.entrypoints.web.security.query_and_form_fields import Words

FIELDS: Final = (
    "delivery_partner",
    "lead_provider",
    *day_field_names("starts_on"),
    *day_field_names("ends_on"),
    "first_academic_year",
    "last_academic_year",
    "covers_unconfirmed",
    "reason",
)

YEARS: Final = range(2020, 2041)
"""The academic years that may be chosen as a bound, by their first calendar year."""

UNCONFIRMED: Final[Mapping[str, bool]] = {"yes": True, "no": False}
"""The answers to whether it covers participants without a confirmed lead provider."""


def agreement_faults(form: Words) -> Mapping[str, str]:
    """What is wrong with the form, by field, in the order of the fields."""
    found = {
        "delivery_partner": "" if form.get("delivery_partner") else "Select a delivery partner",
        "lead_provider": "" if form.get("lead_provider") else "Select a lead provider",
        **day_fault(form, "starts_on", "First day", blank="Enter the first day of the agreement"),
        **day_fault(form, "ends_on", "Last day"),
        "first_academic_year": _year_fault(form, "first_academic_year"),
        "last_academic_year": _year_fault(form, "last_academic_year"),
        "covers_unconfirmed": _unconfirmed_fault(form),
        "reason": reason_fault(form.get("reason", ""), "Enter why the agreement is added"),
    }
    return {field: fault for field, fault in found.items() if fault}


def new_agreement(form: Words) -> NewAgreement:
    """The agreement that a form without faults asks for."""
    starts_on = day_of(form, "starts_on")
    if starts_on is None:
        msg = "the form has a fault"
        raise ValueError(msg)
    return NewAgreement(
        lead_provider_id=LeadProviderId(form["lead_provider"]),
        delivery_partner_id=form["delivery_partner"],
        starts_on=starts_on,
        ends_on=day_of(form, "ends_on"),
        first_academic_year=_year(form, "first_academic_year"),
        last_academic_year=_year(form, "last_academic_year"),
        covers_unconfirmed=UNCONFIRMED[form["covers_unconfirmed"]],
        reason=form["reason"],
    )


def _year(form: Words, field: str) -> int | None:
    return int(form[field]) if form.get(field) else None


def _year_fault(form: Words, field: str) -> str:
    allowed = {"", *map(str, YEARS)}
    return "" if form.get(field, "") in allowed else "Select an academic year from the list"


def _unconfirmed_fault(form: Words) -> str:
    known = form.get("covers_unconfirmed") in UNCONFIRMED
    return "" if known else "Select whether it covers participants without a confirmed lead provider"
