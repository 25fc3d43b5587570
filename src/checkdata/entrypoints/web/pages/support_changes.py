"""Support takes access away, suspends and reinstates; each asks first, and why (service rule 4)."""

from collections.abc import Callable, Mapping
from typing import Final

from attrs import frozen
from starlette.exceptions import HTTPException
from starlette.responses import Response

from checkdata.domain.errors import ChangeRefused
from checkdata.domain.services.managing_access import UserWithGrants
from checkdata.domain.users import Grant
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages.access_form import reason_fault
from checkdata.entrypoints.web.pages.support_users import user_of, user_place
from checkdata.entrypoints.web.presentation.places import acting_word
from checkdata.entrypoints.web.site import redirect

_BLANK_REASON: Final = "Enter why, so that the record shows it"


@frozen(kw_only=True)
class _Change:
    """What is about to be done: the question, what follows from it, the words of its form, and doing it."""

    question: str
    follows: str
    button: str
    warns: bool
    done: str
    words: Mapping[str, str]
    do: Callable[[str], object]


def remove(ask: Ask, access: Access) -> Response:
    """Take one access away."""
    person = user_of(ask)
    organisation = _grant(ask, access, person).organisation
    change = _Change(
        question=f"Remove this access for {organisation.name}?",
        follows="They see no data of this organisation from their next click on, and get an email that says so.",
        button="Remove access",
        warns=True,
        done="removed",
        words={"role": organisation.role.value, "organisation": organisation.id},
        do=lambda reason: ask.site.services.managing_access.remove(
            person.user.email,
            role=organisation.role,
            organisation_id=organisation.id,
            reason=reason,
            by=access.acting.user_id,
        ),
    )
    return _asked(ask, access, person, change)


def suspend(ask: Ask, access: Access) -> Response:
    """Stop a user from signing in."""
    person = user_of(ask)
    change = _Change(
        question="Suspend this user?",
        follows="They are signed out at once and cannot sign in. Their access is kept until they are reinstated.",
        button="Suspend user",
        warns=True,
        done="suspended",
        words={},
        do=lambda reason: ask.site.services.managing_access.suspend(
            person.user.email, reason=reason, by=access.acting.user_id
        ),
    )
    return _asked(ask, access, person, change)


def reinstate(ask: Ask, access: Access) -> Response:
    """Let a suspended user sign in again."""
    person = user_of(ask)
    change = _Change(
        question="Reinstate this user?",
        follows="They can sign in again and have the access that they had.",
        button="Reinstate user",
        warns=False,
        done="reinstated",
        words={},
        do=lambda reason: ask.site.services.managing_access.reinstate(
            person.user.email, reason=reason, by=access.acting.user_id
        ),
    )
    return _asked(ask, access, person, change)


def _grant(ask: Ask, access: Access, person: UserWithGrants) -> Grant:
    """The active grant that the address or the form names; one that is not there has no page."""
    words = ask.form or ask.words
    wanted = f"{words.get('role', '')}:{words.get('organisation', '')}"
    for grant in person.active(access.visit.today):
        if acting_word(grant.organisation) == wanted:
            return grant
    raise HTTPException(404)


def _asked(ask: Ask, access: Access, person: UserWithGrants, change: _Change) -> Response:
    """Ask first; once it is confirmed with a reason, do it."""
    if ask.request.method != "POST":
        return _question(ask, person, change, {})
    reason = ask.form.get("reason", "")
    if fault := reason_fault(reason, _BLANK_REASON):
        return _question(ask, person, change, {"reason": fault})
    try:
        change.do(reason)
    except ChangeRefused as refused:
        return _question(ask, person, change, {"": str(refused)})
    return redirect(user_place(person.user.id, access, change.done))


def _question(ask: Ask, person: UserWithGrants, change: _Change, errors: Mapping[str, str]) -> Response:
    context = {"user": person.user, "change": change, "reason": ask.form.get("reason", ""), "errors": errors}
    return ask.page("support/confirm.html", context, status=422 if errors else 200)
