"""Support lists, adds and ends data-sharing agreements, and sees the effect of each before it is made (rule 2)."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import Response

from checkdata.domain.access.proposals import Proposal
from checkdata.domain.errors import StorageError
from checkdata.domain.form_digest import form_digest
from checkdata.domain.services.access.manage_agreements import ENDING_SOON, EffectOfEnding, NamedAgreement
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages import agreement_form
from checkdata.entrypoints.web.pages.access_form import reason_fault
from checkdata.entrypoints.web.pages.confirm_change import BLANK_REASON, REFUSALS, NotDone, not_done, seen_in
from checkdata.entrypoints.web.pages.day_fields import day_fault, day_field_names, day_of
from checkdata.entrypoints.web.pages.paging import page_of
from checkdata.entrypoints.web.pages.support.proposals import proposal_place
from checkdata.entrypoints.web.presentation.addresses import AGREEMENTS, address
from checkdata.entrypoints.web.presentation.agreements import version_lines
from checkdata.entrypoints.web.site import redirect

DONE: Final[Mapping[str, str]] = {
    "added": "Agreement added. Users of the delivery partner see what it covers from its first day.",
    "ended": "Agreement ended.",
}
"""What to say after a change, by the word of the address."""


def agreements_found(ask: Ask, access: Access) -> Response:
    """A page of the agreements in which a party's name holds the search text, or of those that end soon."""
    text, managing = ask.fields.get("query", "").strip(), ask.site.services.manage_agreements
    ending = ask.fields.get("show", "") == "ending"
    listed, words = (managing.ending_soon(), {"show": "ending"}) if ending else (managing.all(text), {"query": text})
    found = page_of(ask, access, AGREEMENTS, listed, words)
    context = {
        "query": text,
        "ending_within": ENDING_SOON.days if ending else 0,
        "found": found,
        "today": access.visit.today,
        "drafts": () if text or ending else ask.site.services.confirm_changes.drafts(),
    }
    return ask.page("support/agreements.html", context)


def agreement(ask: Ask, access: Access) -> Response:
    """One agreement, and how to end it."""
    found = _agreement_of(ask)
    context = {
        "found": found,
        "versions": version_lines(ask.site.services.manage_agreements.history(found.agreement.id)),
        "today": access.visit.today,
        "may_end": _may_end(found, access),
        "done": DONE.get(ask.fields.get("done", ""), ""),
        "recall": ask.site.services.confirm_deletion.state_of(found.agreement.id),
    }
    return ask.page("support/agreement.html", context)


def add_agreement_form(ask: Ask, access: Access) -> Response:
    """The form that adds an agreement; then its effect; then, once that is confirmed, adding it or its draft."""
    if ask.request.method != "POST":
        return _form(ask)
    if faults := agreement_form.agreement_faults(ask.form):
        return _form(ask, NotDone(faults))
    agreeing, new = ask.site.services.manage_agreements, agreement_form.new_agreement(ask.form)
    try:
        if ask.form.get("told") != "yes":
            effect = agreeing.effect_of_adding(new)
            return ask.page("support/effect_of_adding.html", {"effect": effect, "typed": _typed_agreement(ask)})
        added = agreeing.add(new, by=access.acting.user_id)
    except REFUSALS as refused:
        return _form(ask, not_done(refused))
    if isinstance(added, Proposal):
        return redirect(proposal_place(added.id, access, "proposed"))
    return redirect(_place(added.id, access, "added"))


def confirm_end(ask: Ask, access: Access) -> Response:
    """Ask when and why; then show the effect; then, once that is confirmed, do it."""
    found = _agreement_of(ask)
    if found.removed:
        raise HTTPException(404)
    if ask.request.method != "POST":
        return _end_form(ask, found)
    if faults := _end_faults(ask):
        return _end_form(ask, found, NotDone(faults))
    agreeing, agreement_id = ask.site.services.manage_agreements, found.agreement.id
    last_day = day_of(ask.form, "last_day")
    try:
        if ask.form.get("told") != "yes":
            return _effect(ask, agreeing.effect_of_ending(agreement_id, last_day=last_day))
        agreeing.end(
            agreement_id, reason=ask.form["reason"], last_day=last_day, by=access.acting.user_id, seen=seen_in(ask)
        )
    except REFUSALS as refused:
        return _end_form(ask, found, not_done(refused))
    with suppress(StorageError):  # it is ended, and the next round opens the recall
        ask.site.services.recall_files.open_due()
    return redirect(_place(found.agreement.id, access, "ended"))


def _agreement_of(ask: Ask) -> NamedAgreement:
    found = ask.site.services.manage_agreements.one(ask.request.path_params["agreement_id"])
    if found is None:
        raise HTTPException(404)
    return found


def _may_end(found: NamedAgreement, access: Access) -> bool:
    return not found.removed and found.agreement.lasts_beyond(access.visit.today)


def _place(agreement_id: str, access: Access, done: str) -> str:
    return address(f"{AGREEMENTS}/{agreement_id}", access.acting.organisation, {"done": done})


def _form(ask: Ask, refused: NotDone | None = None) -> Response:
    context = {
        "typed": _typed_agreement(ask),
        "choices": ask.site.services.manage_access.choices(),
        "years": agreement_form.YEARS,
        "errors": {} if refused is None else refused.errors,
    }
    return ask.page("support/add_agreement.html", context, status=200 if refused is None else refused.status)


def _typed_agreement(ask: Ask) -> Mapping[str, str]:
    return {field: ask.form.get(field, "") for field in agreement_form.FIELDS}


def _end_faults(ask: Ask) -> Mapping[str, str]:
    found = {
        **day_fault(ask.form, "last_day", "Last day"),
        "reason": reason_fault(ask.form.get("reason", ""), BLANK_REASON),
    }
    return {field: fault for field, fault in found.items() if fault}


def _end_form(ask: Ask, found: NamedAgreement, refused: NotDone | None = None) -> Response:
    context = {"found": found, "typed": _typed(ask), "errors": {} if refused is None else refused.errors}
    return ask.page("support/end_agreement.html", context, status=200 if refused is None else refused.status)


def _effect(ask: Ask, effect: EffectOfEnding) -> Response:
    seen = form_digest(effect.agreement.agreement)
    return ask.page("support/effect_of_ending.html", {"effect": effect, "typed": _typed(ask), "seen": seen})


def _typed(ask: Ask) -> Mapping[str, str]:
    fields = (*day_field_names("last_day"), "reason")
    return {field: ask.form.get(field, "") for field in fields}
