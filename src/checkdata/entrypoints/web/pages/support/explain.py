"""Explains why a user can or can't see a participant, by the rules that decide it, in sentences to send on (rule 1)."""

from collections.abc import Mapping, Sequence
from typing import Final

from starlette.responses import Response

from checkdata.domain.errors import ChangeRefused, InvalidValue
from checkdata.domain.people.organisations import Organisation
from checkdata.domain.services.access.explain_access import Explained
from checkdata.domain.values import EmailAddress, UserId
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages.day_fields import day_fault, day_field_names, day_of, moment_fault, moment_of
from checkdata.entrypoints.web.pages.support.which_participant import PARTICIPANT_FIELDS, Choice, meant
from checkdata.entrypoints.web.presentation.addresses import acting_word

FIELDS: Final = (
    "email",
    *PARTICIPANT_FIELDS,
    "organisation",
    *day_field_names("on"),
    *day_field_names("known"),
    "known-time",
)


def explanation_page(ask: Ask, access: Access) -> Response:
    """The form, and below it the answer; it is sent by POST, because who asked about whom is recorded."""
    if ask.request.method != "POST":
        known = {"email": _address_of(ask), "participant": ask.fields.get("participant", "")}
        return _page(ask, known, {})
    choices = _choices(ask)
    if faults := _faults(ask, choices):
        return _page(ask, ask.form, faults)
    whom = meant(ask, access)
    if whom.id is None:
        return _page(ask, ask.form, whom.faults, choices=whom.choices)
    chosen = ask.form.get("organisation", "")
    try:
        explained = ask.site.services.explain_access.explain(
            EmailAddress.of(ask.form["email"]),
            whom.id,
            organisation=choices[chosen] if chosen else None,
            on=day_of(ask.form, "on"),
            as_known_at=moment_of(ask.form, "known"),
            by=access.acting.user_id,
        )
    except ChangeRefused as refused:
        return _page(ask, ask.form, {"": str(refused)})
    return _page(ask, ask.form, {}, explained=explained)


def _address_of(ask: Ask) -> str:
    """The address of the user whose page led here."""
    person = ask.site.services.manage_access.user(UserId(ask.fields.get("user", "")))
    return "" if person is None else person.user.email.value


def _faults(ask: Ask, choices: Mapping[str, Organisation]) -> Mapping[str, str]:
    form, found = ask.form, {"email": ""}
    try:
        EmailAddress.of(form.get("email", ""))
    except InvalidValue as error:
        found["email"] = str(error) if form.get("email", "").strip() else "Enter the user's email address"
    found["organisation"] = "" if form.get("organisation", "") in {"", *choices} else "Select an organisation"
    found |= day_fault(form, "on", "Day") | moment_fault(form, "known", "Day on which it was known")
    return {field: fault for field, fault in found.items() if fault}


def _choices(ask: Ask) -> Mapping[str, Organisation]:
    """The organisations for which it can be asked, by the word of the form."""
    choices = ask.site.services.manage_access.choices()
    found = [*choices.delivery_partners, *choices.appropriate_bodies]
    return {acting_word(organisation): organisation for organisation in found}


def _page(
    ask: Ask,
    typed: Mapping[str, str],
    errors: Mapping[str, str],
    *,
    choices: Sequence[Choice] = (),
    explained: Explained | None = None,
) -> Response:
    context = {
        "typed": {field: typed.get(field, "") for field in FIELDS},
        "meant": choices,
        "choices": ask.site.services.manage_access.choices(),
        "explained": explained,
        "errors": errors,
    }
    return ask.page("support/explain.html", context, status=422 if errors else 200)
