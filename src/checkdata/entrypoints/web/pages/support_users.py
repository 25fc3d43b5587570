"""Support finds users and gives access (service rule 4); the rules of giving it are the domain's."""

from collections.abc import Mapping
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import Response

from checkdata.domain.errors import ChangeRefused, PageNotFound
from checkdata.domain.queries import DEFAULT_PAGE_SIZE, checked_page
from checkdata.domain.services.managing_access import UserWithGrants
from checkdata.domain.values import UserId
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages import access_form
from checkdata.entrypoints.web.presentation.pagination import pagination
from checkdata.entrypoints.web.presentation.places import USERS, address
from checkdata.entrypoints.web.site import redirect

DONE: Final[Mapping[str, str]] = {
    "added": "Access given. They get an email that says they can sign in.",
    "removed": "Access removed. They get an email that says so.",
    "suspended": "User suspended. They are signed out.",
    "reinstated": "User reinstated. They can sign in again.",
}
"""What to say after a change, by the word of the address."""


def users(ask: Ask, access: Access) -> Response:
    """The users whose name, address or organisation holds what is searched for, a page of them."""
    text = ask.words.get("query", "").strip()
    people = ask.site.services.managing_access.search(text)
    number = _page_number(ask.words.get("page", "1"))
    start = checked_page(number, DEFAULT_PAGE_SIZE, len(people))

    def link(page: int) -> str:
        return address(USERS, access.acting.organisation, {"query": text, "page": str(page)})

    context = {
        "query": text,
        "number": len(people),
        "people": people[start : start + DEFAULT_PAGE_SIZE],
        "today": access.visit.today,
        "pages": pagination(number, max(1, -(-len(people) // DEFAULT_PAGE_SIZE)), link),
    }
    return ask.page("support/users.html", context)


def user(ask: Ask, access: Access) -> Response:
    """One user, their access, and what can be done about it."""
    person = user_of(ask)
    grants = [grant for grant in person.grants if grant.active(access.visit.today)]
    context = {
        "user": person.user,
        "active": grants,
        "ended": [grant for grant in person.grants if grant not in grants],
        "lead_providers": {lead.id: lead.name for lead in ask.site.services.managing_access.choices().lead_providers},
        "manageable": access_form.ROLES,
        "oneself": person.user.id == access.acting.user_id,
        "done": DONE.get(ask.words.get("done", ""), ""),
    }
    return ask.page("support/user.html", context)


def add(ask: Ask, access: Access) -> Response:
    """The form that gives access, and giving it; what was typed stays where it is refused."""
    if ask.request.method != "POST":
        return _form(ask, {})
    if faults := access_form.faults(ask.form):
        return _form(ask, faults)
    try:
        added = ask.site.services.managing_access.add(access_form.new_access(ask.form), by=access.acting.user_id)
    except ChangeRefused as refused:
        return _form(ask, {"": str(refused)})
    return redirect(user_place(added.id, access, "added"))


def user_of(ask: Ask) -> UserWithGrants:
    """The user whom the address names; there is no page of one who is unknown."""
    person = ask.site.services.managing_access.user(UserId(ask.request.path_params["user_id"]))
    if person is None:
        raise HTTPException(404)
    return person


def user_place(user_id: UserId, access: Access, done: str) -> str:
    """The address of a user's page after a change."""
    return address(f"{USERS}/{user_id}", access.acting.organisation, {"done": done})


def _form(ask: Ask, errors: Mapping[str, str]) -> Response:
    context = {
        "typed": {field: ask.form.get(field, "") for field in access_form.FIELDS},
        "choices": ask.site.services.managing_access.choices(),
        "roles": access_form.ROLES,
        "errors": errors,
    }
    return ask.page("support/add.html", context, status=422 if errors else 200)


def _page_number(word: str) -> int:
    if not (word.isascii() and word.isdigit() and len(word) < 10):  # noqa: PLR2004 - a page number is not that long
        raise PageNotFound
    return int(word)
