"""The form by which support gives access: read field by field, so that each fault is told where it is."""

from collections.abc import Mapping
from typing import Final

from checkdata.domain.errors import InvalidValue
from checkdata.domain.organisations import Role
from checkdata.domain.services.managing_access import NewAccess
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.web.security.words import Words

ROLES: Final = (Role.DELIVERY_PARTNER, Role.APPROPRIATE_BODY)
"""The roles that support may give (service rule 4)."""

FIELDS: Final = ("name", "email", "role", "organisation", "confirmed_by", "reason")

LONGEST: Final[Mapping[str, int]] = {"name": 200, "reason": 1000}
"""How many characters may be typed."""

_BLANK: Final[Mapping[str, str]] = {
    "name": "Enter the user's full name",
    "email": "Enter the user's email address",
    "role": "Select a role",
    "organisation": "Select an organisation",
    "reason": "Enter why access is given",
}


def faults(form: Words) -> Mapping[str, str]:
    """What is wrong with the form, by field, in the order of the fields."""
    found = {field: _fault(field, form.get(field, "").strip()) for field in FIELDS}
    is_partner = form.get("role") == Role.DELIVERY_PARTNER.value
    if is_partner and not form.get("confirmed_by"):
        found["confirmed_by"] = "Select the lead provider that confirmed this user"
    return {field: fault for field, fault in found.items() if fault}


def reason_fault(reason: str, blank: str) -> str:
    """What is wrong with a reason; "" where nothing is."""
    if not reason.strip():
        return blank
    return _too_long("reason", reason)


def new_access(form: Words) -> NewAccess:
    """The access that a form without faults asks for."""
    return NewAccess(
        email=EmailAddress.of(form["email"]),
        name=form["name"],
        role=Role(form["role"]),
        organisation_id=form["organisation"],
        confirmed_by=form.get("confirmed_by", ""),
        reason=form["reason"],
    )


def _fault(field: str, value: str) -> str:
    if not value:
        return _BLANK.get(field, "")
    match field:
        case "email":
            return _email_fault(value)
        case "role":
            return "" if value in {role.value for role in ROLES} else _BLANK["role"]
        case _:
            return _too_long(field, value)


def _email_fault(value: str) -> str:
    try:
        EmailAddress.of(value)
    except InvalidValue as error:
        return str(error)
    return ""


def _too_long(field: str, value: str) -> str:
    longest = LONGEST.get(field, len(value))
    return "" if len(value) <= longest else f"{field.capitalize()} must be {longest:,} characters or fewer"
