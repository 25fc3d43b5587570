"""Support helps a user who can't get in: a new address, an end to their sessions, mail sent again (service rule 7)."""

from collections.abc import Mapping

from starlette.responses import Response

from checkdata.domain.errors import ChangeRefused, InvalidValue
from checkdata.domain.users import User
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages.access_form import reason_fault
from checkdata.entrypoints.web.pages.asking_first import BLANK_REASON, Question, asked
from checkdata.entrypoints.web.pages.support_users import about, user_of, user_page, user_place
from checkdata.entrypoints.web.site import redirect


def change_address(ask: Ask, access: Access) -> Response:
    """The form for a new address, and changing it; what was typed stays where it is refused."""
    user = user_of(ask).user
    if ask.request.method != "POST":
        return _address_form(ask, user, {})
    if faults := _address_faults(ask):
        return _address_form(ask, user, faults)
    try:
        ask.site.services.helping.change_address(
            user.email, EmailAddress.of(ask.form["email"]), reason=ask.form["reason"], by=access.acting.user_id
        )
    except ChangeRefused as refused:
        return _address_form(ask, user, {"email": str(refused)})
    return redirect(user_place(user.id, access, "address-changed"))


def end_sessions(ask: Ask, access: Access) -> Response:
    """Sign a user out everywhere (security.md 21)."""
    user = user_of(ask).user
    question = Question(
        question="Sign this user out everywhere?",
        about=about(user),
        follows=["Their next click leads to the sign-in page. They can sign in again with a new link."],
        button="Sign out everywhere",
        back=user_place(user.id, access),
        done=user_place(user.id, access, "signed-out"),
        do=lambda reason: ask.site.services.helping.end_sessions(user.email, reason=reason, by=access.acting.user_id),
    )
    return asked(ask, question)


def send_again(ask: Ask, access: Access) -> Response:
    """Send one of the last mails to a user once more."""
    person = user_of(ask)
    try:
        ask.site.services.helping.send_again(person.user.email, ask.form.get("mail", ""), by=access.acting.user_id)
    except ChangeRefused as refused:
        return user_page(ask, access, person, {"": str(refused)})
    return redirect(user_place(person.user.id, access, "sent-again"))


def _address_faults(ask: Ask) -> Mapping[str, str]:
    found = {"email": "", "reason": reason_fault(ask.form.get("reason", ""), BLANK_REASON)}
    try:
        EmailAddress.of(ask.form.get("email", ""))
    except InvalidValue as error:
        found["email"] = str(error) if ask.form.get("email", "").strip() else "Enter the new email address"
    return {field: fault for field, fault in found.items() if fault}


def _address_form(ask: Ask, user: User, errors: Mapping[str, str]) -> Response:
    typed = {field: ask.form.get(field, "") for field in ("email", "reason")}
    context = {"user": user, "typed": typed, "errors": errors}
    return ask.page("support/address.html", context, status=422 if errors else 200)
