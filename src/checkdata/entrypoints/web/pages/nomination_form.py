"""The forms that nominate a person: read field by field, so that each error is shown at its field."""

from collections.abc import Mapping
from typing import Final

from checkdata.domain.errors import InvalidValue
from checkdata.domain.people.organisations import Organisation, Role
from checkdata.domain.services.nominations.nominate import MailedNomination
from checkdata.domain.typed_text import text_fault
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.web.pages.access_form import LONGEST_REASON, ROLES
from checkdata.entrypoints.web.security.query_and_form_fields import Fields

BESIDE: Final = "beside"
"""The field that tells whether a new address counts beside the one that the user has; otherwise it replaces it."""

OF_A_COLLEAGUE: Final = ("name", "email", "reason")
"""The fields of the form in which a user nominates a colleague."""

BY_MAIL: Final = ("name", "email", "role", "organisation", "nominated_by", "reference", "reason")
"""The fields of the form in which support records a nomination that came by mail."""

OF_AN_ADDRESS: Final = ("email", BESIDE, "nominated_by", "reference", "reason")
"""The fields of the form in which support nominates a user at another address."""

_ADDRESSES: Final = ("email", "nominated_by")
_LONGEST: Final[Mapping[str, int]] = {"name": 200, "reference": 200, "reason": LONGEST_REASON}
_NAMES: Final[Mapping[str, str]] = {"name": "Name", "reference": "Reference", "reason": "Note"}
_BLANK: Final[Mapping[str, str]] = {
    "name": "Enter the full name of the person",
    "email": "Enter the email address of the person",
    "role": "Select a role",
    "organisation": "Select an organisation",
    "nominated_by": "Enter the email address of the person who nominates them",
    "reference": "Enter the reference of the email that the nomination came in",
}


def nomination_faults(form: Fields, fields: tuple[str, ...]) -> Mapping[str, str]:
    """What is wrong with the form, by field, in the order of the fields."""
    found = {field: _fault(field, form.get(field, "").strip()) for field in fields}
    return {field: fault for field, fault in found.items() if fault}


def mailed_nomination(form: Fields) -> MailedNomination:
    """The nomination in a form without faults."""
    return MailedNomination(
        email=EmailAddress.of(form["email"]),
        name=form["name"],
        role=Role(form["role"]),
        organisation_id=form["organisation"],
        nominated_by=EmailAddress.of(form["nominated_by"]),
        reference=form["reference"],
        note=form.get("reason", ""),
    )


def address_nomination(form: Fields, old: EmailAddress, organisation: Organisation) -> MailedNomination:
    """The nomination of a user at another address, in a form without faults."""
    return MailedNomination(
        email=EmailAddress.of(form["email"]),
        old_email=old,
        is_second=is_second(form),
        role=organisation.role,
        organisation_id=organisation.id,
        nominated_by=EmailAddress.of(form["nominated_by"]),
        reference=form["reference"],
        note=form.get("reason", ""),
    )


def is_second(form: Fields) -> bool:
    """Whether a new address counts beside the one that the user has."""
    return form.get(BESIDE) == "yes"


def typed(form: Fields, fields: tuple[str, ...]) -> Mapping[str, str]:
    """What was typed into each field, so that a page that is shown again loses nothing."""
    return {field: form.get(field, "") for field in fields}


def _fault(field: str, value: str) -> str:
    if not value:
        return _BLANK.get(field, "")
    if field in _ADDRESSES:
        return _email_fault(value)
    if field == "role":
        return "" if value in {role.value for role in ROLES} else _BLANK["role"]
    longest = _LONGEST.get(field, len(value))
    if len(value) > longest:
        return f"{_NAMES[field]} must be {longest:,} characters or fewer"
    return text_fault(value, _NAMES.get(field, ""), lines=field == "reason")


def _email_fault(value: str) -> str:
    try:
        EmailAddress.of(value)
    except InvalidValue as error:
        return str(error)
    return ""
