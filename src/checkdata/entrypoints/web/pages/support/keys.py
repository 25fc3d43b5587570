"""Support issues API keys under users' access, lists all keys, and revokes them (rules.md, *API keys*)."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import Response

from checkdata.domain.people.users import Grant, User
from checkdata.domain.services.access.issue_keys import LONGEST_NAME, NewKey, key_digest
from checkdata.domain.sign_in.api_keys import COLLECTED_WITHIN, LONGEST_LIFE, ROLES_WITH_KEYS
from checkdata.domain.typed_text import text_fault
from checkdata.domain.values import day_in_words
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages.access_form import reason_fault
from checkdata.entrypoints.web.pages.confirm_change import (
    BLANK_REASON,
    REFUSALS,
    NotDone,
    Question,
    asked,
    not_done,
    seen_in,
)
from checkdata.entrypoints.web.pages.day_fields import day_fault, day_field_names, day_of
from checkdata.entrypoints.web.pages.paging import page_of
from checkdata.entrypoints.web.pages.support.access_changes import grant_named
from checkdata.entrypoints.web.pages.support.users import user_of, user_place
from checkdata.entrypoints.web.presentation.addresses import SUPPORT_KEYS, address
from checkdata.entrypoints.web.presentation.api_keys import key_lines
from checkdata.entrypoints.web.site import redirect

DONE: Final[Mapping[str, str]] = {"revoked": "API key revoked. The next request with it is refused."}
"""What to say after a change, by the word of the address."""


def keys(ask: Ask, access: Access) -> Response:
    """A page of all keys, the newest first."""
    issuing = ask.site.services.issue_keys
    found, users = issuing.listed()
    shown = key_lines(found, users, access.visit.at, without_access=issuing.without_access(found))
    lines = page_of(ask, access, SUPPORT_KEYS, shown)
    return ask.page("support/keys.html", {"found": lines, "done": DONE.get(ask.fields.get("done", ""), "")})


def issue_key(ask: Ask, access: Access) -> Response:
    """The form that issues a key under one access of a user, and issuing it."""
    person = user_of(ask)
    grant = grant_named(ask, access, person)
    if grant.organisation.role not in ROLES_WITH_KEYS:
        raise HTTPException(404)
    if ask.request.method != "POST":
        return _form(ask, person.user, grant, access.visit.today)
    if faults := _faults(ask):
        return _form(ask, person.user, grant, access.visit.today, NotDone(faults))
    expires_on = day_of(ask.form, "expires")
    if expires_on is None:
        raise ValueError("a day that has no fault is a day")
    new = NewKey(name=ask.form["name"], expires_on=expires_on, reason=ask.form["reason"])
    try:
        ask.site.services.issue_keys.issue(
            person.user.id, grant.organisation, new, by=access.acting.user_id, seen=seen_in(ask)
        )
    except REFUSALS as refused:
        return _form(ask, person.user, grant, access.visit.today, not_done(refused, "expires-day"))
    return redirect(user_place(person.user.id, access, "key-issued"))


def revoke_key(ask: Ask, access: Access) -> Response:
    """Ask why, and end a key."""
    issuing = ask.site.services.issue_keys
    key = issuing.one(ask.request.path_params["key_id"])
    if key is None:
        raise HTTPException(404)
    question = Question(
        question="Revoke this API key?",
        about=f"{key.name}, {key.prefix}…",
        follows=["The next request with it is refused. It cannot be made to work again."],
        button="Revoke API key",
        warns=True,
        back=address(SUPPORT_KEYS, access.acting.organisation),
        done=address(SUPPORT_KEYS, access.acting.organisation, {"done": "revoked"}),
        do=lambda reason: issuing.revoke(key.id, reason=reason, by=access.acting.user_id, seen=seen_in(ask)),
        seen=key_digest(key),
    )
    return asked(ask, question)


def _faults(ask: Ask) -> Mapping[str, str]:
    name = ask.form.get("name", "")
    found = {
        "name": "Enter the name of the key" if not name.strip() else text_fault(name, "Name"),
        **day_fault(ask.form, "expires", "Day", blank="Enter the day on which it expires"),
        "reason": reason_fault(ask.form.get("reason", ""), BLANK_REASON),
    }
    if len(name) > LONGEST_NAME:
        found["name"] = f"Name must be {LONGEST_NAME} characters or fewer"
    return {field: fault for field, fault in found.items() if fault}


def _form(ask: Ask, user: User, grant: Grant, today: date, refused: NotDone | None = None) -> Response:
    last = today + LONGEST_LIFE
    parts = zip(day_field_names("expires"), (last.day, last.month, last.year), strict=True)
    usual = {"name": "", "reason": "", **{name: str(part) for name, part in parts}}
    context = {
        "user": user,
        "grant": grant,
        "last": day_in_words(last),
        "waits": COLLECTED_WITHIN.days,
        "typed": {field: ask.form.get(field, word) for field, word in usual.items()},
        "seen": ask.site.services.issue_keys.seen(user, grant),
        "errors": {} if refused is None else refused.errors,
    }
    return ask.page("support/issue_key.html", context, status=200 if refused is None else refused.status)
