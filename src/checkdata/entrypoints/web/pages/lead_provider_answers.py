"""Policy asks a lead provider about a nominee, and records what it answered (service rule 4)."""

from collections.abc import Mapping
from typing import Final

from starlette.responses import Response

from checkdata.domain.nominations.steps import Answer
from checkdata.domain.people.organisations import Role
from checkdata.domain.services.nominations.queue import NominationInDetail
from checkdata.domain.values import LeadProviderId
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages.access_form import reason_fault
from checkdata.entrypoints.web.pages.confirm_change import LineOfText, NotDone, attempt, seen_in
from checkdata.entrypoints.web.pages.day_fields import day_fault, day_field_names, day_of
from checkdata.entrypoints.web.pages.nominations import nomination_of, nomination_place
from checkdata.entrypoints.web.presentation.nominations import nominee_in_words
from checkdata.entrypoints.web.security.query_and_form_fields import Fields
from checkdata.entrypoints.web.site import redirect

BY_LINK: Final = "link"
THEMSELVES: Final = "self"
CONFIRMS: Final = "confirmed"
DECLINES: Final = "declined"

_OF_RENEWALS: Final = {CONFIRMS: "renewed", DECLINES: "ended"}
"""What to say after an answer about access that had to be reconfirmed."""

_DATE: Final = "date"
_CONTACT: Final = LineOfText(
    field="contact", label="Who answered?", called="Who answered", blank="Enter who answered at the lead provider"
)
_REFERENCE: Final = LineOfText(
    field="reference",
    label="Reference of the answer",
    called="Reference",
    blank="Enter the reference of the answer",
)


def choose_lead_provider(ask: Ask, access: Access) -> Response:
    """Choose whom to ask, and how: by a link, or policy does and records the answer next."""
    found = nomination_of(ask)
    if ask.request.method != "POST":
        return _ask_form(ask, found, access)
    if faults := _ask_faults(ask.form, found):
        return _ask_form(ask, found, access, NotDone(faults))
    by_link = ask.form["how"] == BY_LINK
    nomination_id, lead_id = found.queued.nomination.id, LeadProviderId(ask.form["lead_provider"])
    note, seen = ask.form.get("reason", ""), seen_in(ask)
    refused = attempt(
        lambda: ask.site.services.nominate.ask(
            nomination_id, lead_id, by=access.acting, by_link=by_link, note=note, seen=seen
        ),
    )
    if refused:
        return _ask_form(ask, found, access, refused)
    return redirect(
        nomination_place(nomination_id, access, "link" if by_link else "", below="" if by_link else "/answer")
    )


def answer_for_lead_provider(ask: Ask, access: Access) -> Response:
    """Record what the lead provider answered, or policy's own answer about an appropriate body's user."""
    found = nomination_of(ask)
    if ask.request.method != "POST":
        return _answer_form(ask, found, access)
    if faults := _answer_faults(ask.form, decides=found.queued.nomination.is_for_policy_to_decide):
        return _answer_form(ask, found, access, NotDone(faults))
    if refused := attempt(lambda: _record(ask, access, found)):
        return _answer_form(ask, found, access, refused)
    nomination = found.queued.nomination
    done = ask.form["answer"] if nomination.renews is None else _OF_RENEWALS[ask.form["answer"]]
    return redirect(nomination_place(nomination.id, access, done))


def _record(ask: Ask, access: Access, found: NominationInDetail) -> object:
    form, nominating, nomination_id = ask.form, ask.site.services.nominate, found.queued.nomination.id
    confirms, note, seen = form["answer"] == CONFIRMS, form.get("reason", ""), seen_in(ask)
    given_on = day_of(form, _DATE)
    if found.queued.nomination.is_for_policy_to_decide or given_on is None:
        return nominating.decide_for_body(nomination_id, confirms=confirms, by=access.acting, note=note, seen=seen)
    given = Answer(contact=form["contact"], given_on=given_on, reference=form["reference"])
    return nominating.record_answer(nomination_id, given, confirms=confirms, by=access.acting, note=note, seen=seen)


def _ask_faults(form: Fields, found: NominationInDetail) -> Mapping[str, str]:
    offered = {lead.id for lead in found.may_be_asked}
    faults = {
        "lead_provider": "" if form.get("lead_provider") in offered else "Select a lead provider",
        "how": "" if form.get("how") in (BY_LINK, THEMSELVES) else "Select how it is asked",
        "reason": reason_fault(form.get("reason", ""), ""),
    }
    return {field: fault for field, fault in faults.items() if fault}


def _answer_faults(form: Fields, *, decides: bool) -> Mapping[str, str]:
    faults = {"answer": "" if form.get("answer") in (CONFIRMS, DECLINES) else "Select confirm or decline"}
    if not decides:
        faults |= {
            "contact": _CONTACT.fault(form.get("contact", "")),
            **day_fault(form, _DATE, "The date of the answer", blank="Enter the date of the answer"),
            "reference": _REFERENCE.fault(form.get("reference", "")),
        }
    blank = "Enter the reason for declining" if form.get("answer") == DECLINES else ""
    faults["reason"] = reason_fault(form.get("reason", ""), "Enter the reason for your decision" if decides else blank)
    return {field: fault for field, fault in faults.items() if fault}


def _ask_form(ask: Ask, found: NominationInDetail, access: Access, refused: NotDone | None = None) -> Response:
    asked_of = found.queued.nomination.asked_of
    context = {
        **_common(found, access, ask, refused),
        "for_body": found.queued.nomination.organisation.role is Role.APPROPRIATE_BODY,
        "lead_provider": ask.form.get("lead_provider", asked_of or ""),
        "how": ask.form.get("how", ""),
    }
    return ask.page("nominations/ask.html", context, status=200 if refused is None else refused.status)


def _answer_form(ask: Ask, found: NominationInDetail, access: Access, refused: NotDone | None = None) -> Response:
    asked_of = found.queued.nomination.asked_of
    context = {
        **_common(found, access, ask, refused),
        "decides": found.queued.nomination.is_for_policy_to_decide,
        "lead_provider": "" if asked_of is None else found.lead_providers.get(asked_of, asked_of),
        "answer": ask.form.get("answer", ""),
        "contact": ask.form.get("contact", ""),
        "reference": ask.form.get("reference", ""),
        "typed": {field: ask.form.get(field, "") for field in day_field_names(_DATE)},
    }
    return ask.page("nominations/answer.html", context, status=200 if refused is None else refused.status)


def _common(found: NominationInDetail, access: Access, ask: Ask, refused: NotDone | None) -> Mapping[str, object]:
    nomination = found.queued.nomination
    return {
        "found": found,
        "nomination": nomination,
        "nominee": nominee_in_words(nomination),
        "back": nomination_place(nomination.id, access),
        "note": ask.form.get("reason", ""),
        "errors": {} if refused is None else refused.errors,
    }
