"""Support helps a user who can't sign in: a new address, an end to their sessions, mail sent again (service rule 7)."""

from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.responses import Response

from checkdata.domain.errors import InvalidValue
from checkdata.domain.form_digest import check_unchanged, form_digest
from checkdata.domain.people.organisations import Organisation
from checkdata.domain.people.users import User
from checkdata.domain.services.access.manage_access import UserWithGrants
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages import nomination_form
from checkdata.entrypoints.web.pages.access_form import ROLES, reason_fault
from checkdata.entrypoints.web.pages.confirm_change import (
    BLANK_REASON,
    REFUSALS,
    NotDone,
    Question,
    asked,
    not_done,
    seen_in,
)
from checkdata.entrypoints.web.pages.nominations import nomination_place
from checkdata.entrypoints.web.pages.support.proposals import proposal_place
from checkdata.entrypoints.web.pages.support.users import name_and_address, user_of, user_page, user_place
from checkdata.entrypoints.web.presentation.addresses import acting_word
from checkdata.entrypoints.web.presentation.names import with_role
from checkdata.entrypoints.web.site import redirect


def change_address(ask: Ask, access: Access) -> Response:
    """The form that proposes a new address, and proposing it; if it is refused, what was typed stays."""
    user = user_of(ask).user
    if ask.request.method != "POST":
        return _address_form(ask, user)
    if faults := _address_faults(ask):
        return _address_form(ask, user, NotDone(faults))
    new, reason, seen = EmailAddress.of(ask.form["email"]), ask.form["reason"], seen_in(ask)
    helping, by = ask.site.services.help_users, access.acting.user_id
    try:
        proposal = helping.propose_address(
            user.email, new, reason=reason, by=by, is_second=nomination_form.is_second(ask.form), seen=seen
        )
    except REFUSALS as refused:
        return _address_form(ask, user, not_done(refused, "email"))
    return redirect(proposal_place(proposal.id, access, "proposed"))


def nominate_address(ask: Ask, access: Access) -> Response:
    """The form that nominates a user at another address, and nominating; if it is refused, what was typed stays."""
    person = user_of(ask)
    if ask.request.method != "POST":
        return _nominate_form(ask, access, person)
    faults = dict(nomination_form.nomination_faults(ask.form, nomination_form.OF_AN_ADDRESS))
    choices = _movable(person, access)
    if ask.form.get("access") not in choices:
        faults["access"] = "Select which access it is for"
    if faults:
        return _nominate_form(ask, access, person, NotDone(faults))
    mailed = nomination_form.address_nomination(ask.form, person.user.email, choices[ask.form["access"]])
    try:
        check_unchanged(seen_in(ask), form_digest(person.user), "This user")
        received = ask.site.services.nominate.receive(mailed, by=access.acting)
    except REFUSALS as refused:
        return _nominate_form(ask, access, person, not_done(refused))
    return redirect(nomination_place(received.id, access, "received"))


def remove_second_address(ask: Ask, access: Access) -> Response:
    """Remove a user's second address; there is no page of one that is not there."""
    user = user_of(ask).user
    if user.second is None and ask.request.method != "POST":
        raise HTTPException(404)
    question = Question(
        question="Remove this second address?",
        about=f"{user.name}, {'' if user.second is None else user.second.email}",
        follows=["Sessions and links that came by it end at once, and both addresses get an email that says so."],
        button="Remove second address",
        warns=True,
        back=user_place(user.id, access),
        done=user_place(user.id, access, "address-removed"),
        do=lambda reason: ask.site.services.help_users.remove_address(
            user.email, reason=reason, by=access.acting.user_id, seen=seen_in(ask)
        ),
        seen=form_digest(user),
    )
    return asked(ask, question)


def end_sessions(ask: Ask, access: Access) -> Response:
    """Sign a user out everywhere (security.md 21)."""
    user = user_of(ask).user
    question = Question(
        question="Sign this user out everywhere?",
        about=name_and_address(user),
        follows=[
            "They will be signed out straight away. They can sign in again.",
            "API keys under their access will be revoked, because another person may have collected them.",
        ],
        button="Sign out everywhere",
        back=user_place(user.id, access),
        done=user_place(user.id, access, "signed-out"),
        do=lambda reason: ask.site.services.help_users.end_sessions(
            user.email, reason=reason, by=access.acting.user_id, seen=seen_in(ask)
        ),
        seen=form_digest(user),
    )
    return asked(ask, question)


def send_mail_again(ask: Ask, access: Access) -> Response:
    """Send one of the last mails to a user once more."""
    person, mail = user_of(ask), ask.form.get("mail", "")
    try:
        ask.site.services.help_users.send_again(
            person.user.email, mail, by=access.acting.user_id, newest=ask.form.get("newest", "")
        )
    except REFUSALS as refused:
        return user_page(ask, access, person, not_done(refused))
    return redirect(user_place(person.user.id, access, "sent-again"))


def _movable(person: UserWithGrants, access: Access) -> Mapping[str, Organisation]:
    """The access that support may move to another address, by the word that its form has for it."""
    active = (grant.organisation for grant in person.active(access.visit.today))
    return {acting_word(organisation): organisation for organisation in active if organisation.role in ROLES}


def _nominate_form(ask: Ask, access: Access, person: UserWithGrants, refused: NotDone | None = None) -> Response:
    movable = _movable(person, access)
    context = {
        "user": person.user,
        "seen": form_digest(person.user),
        "items": [{"value": word, "text": with_role(organisation)} for word, organisation in movable.items()],
        "typed": nomination_form.typed(ask.form, (*nomination_form.OF_AN_ADDRESS, "access")),
        "errors": {} if refused is None else refused.errors,
    }
    return ask.page("support/nominate_address.html", context, status=200 if refused is None else refused.status)


def _address_faults(ask: Ask) -> Mapping[str, str]:
    found = {
        "email": "",
        "reason": reason_fault(ask.form.get("reason", ""), BLANK_REASON),
    }
    try:
        EmailAddress.of(ask.form.get("email", ""))
    except InvalidValue as error:
        found["email"] = str(error) if ask.form.get("email", "").strip() else "Enter the new email address"
    return {field: fault for field, fault in found.items() if fault}


def _address_form(ask: Ask, user: User, refused: NotDone | None = None) -> Response:
    typed = {field: ask.form.get(field, "") for field in ("email", nomination_form.BESIDE, "reason")}
    errors = {} if refused is None else refused.errors
    context = {"user": user, "seen": form_digest(user), "typed": typed, "errors": errors}
    return ask.page("support/address.html", context, status=200 if refused is None else refused.status)
