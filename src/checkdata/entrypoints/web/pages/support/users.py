"""Support finds users and sees what access they have."""

from collections.abc import Mapping, Sequence
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import Response

from checkdata.domain.errors import InvalidValue
from checkdata.domain.people.users import User
from checkdata.domain.services.access.help_users import GrantInDetail
from checkdata.domain.services.access.manage_access import UserWithGrants
from checkdata.domain.values import EmailAddress, UserId
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages import access_form
from checkdata.entrypoints.web.pages.confirm_change import NotDone
from checkdata.entrypoints.web.pages.paging import page_of
from checkdata.entrypoints.web.presentation.addresses import USERS, address
from checkdata.entrypoints.web.presentation.user_activity import MailLine, history_lines, mail_line
from checkdata.entrypoints.web.presentation.user_state import state_in_words

DONE: Final[Mapping[str, str]] = {
    "removed": "Access removed. They get an email that says so.",
    "suspended": "User suspended. They are signed out.",
    "reinstated": "User reinstated. They can sign in again.",
    "address-removed": "Second address removed. Both addresses get an email that says so.",
    "key-issued": "API key issued. They get an email, and only they are shown its secret.",
    "signed-out": "User signed out everywhere.",
    "sent-again": "Email queued again. It is sent within a minute.",
}
"""What to say after a change, by the word of the address."""

HISTORY_SHOWN: Final = 50
"""How many of the last events about a user their page shows."""


def users(ask: Ask, access: Access) -> Response:
    """A page of the users whose name, address or organisation holds the search text."""
    text = ask.fields.get("query", "").strip()
    found = page_of(ask, access, USERS, ask.site.services.manage_access.search(text), {"query": text})
    mails = () if found.number else _mails_to(ask, text)
    context = {
        "query": text,
        "found": found,
        "today": access.visit.today,
        "mails": mails,
        "bounced": ask.site.services.state_of_users.bounced(person.user for person in found.shown),
        "waiting": len(ask.site.services.confirm_changes.waiting()),
    }
    return ask.page("support/users.html", context)


def user(ask: Ask, access: Access) -> Response:
    """One user, their access, their history, and the changes that can be made."""
    return user_page(ask, access, user_of(ask))


def user_page(ask: Ask, access: Access, person: UserWithGrants, refused: NotDone | None = None) -> Response:
    """The page of a user, with what was refused if anything was."""
    activity = ask.site.services.help_users.activity(person.user)
    active = [found for found in activity.grants if found.grant.active(access.visit.today)]
    organisations = [grant.organisation for grant in person.grants]
    context = {
        "user": person.user,
        "state": state_in_words(ask.site.services.state_of_users.of(person.user)),
        "activity": activity,
        "active": active,
        "ended": [found.grant for found in activity.grants if found not in active],
        "who_confirmed": {found.grant.id: _who_confirmed(found, activity.names) for found in active},
        "history": history_lines(activity.history, activity.names, organisations)[:HISTORY_SHOWN],
        "mails": [mail_line(mail) for mail in activity.mails],
        "manageable": access_form.ROLES,
        "oneself": person.user.id == access.acting.user_id,
        "done": DONE.get(ask.fields.get("done", ""), ""),
        "errors": {} if refused is None else refused.errors,
    }
    return ask.page("support/user.html", context, status=200 if refused is None else refused.status)


def user_of(ask: Ask) -> UserWithGrants:
    """The user whom the address names; there is no page of one who is unknown."""
    person = ask.site.services.manage_access.user(UserId(ask.request.path_params["user_id"]))
    if person is None:
        raise HTTPException(404)
    return person


def user_place(user_id: UserId, access: Access, done: str = "") -> str:
    """The address of a user's page, after a change."""
    return address(f"{USERS}/{user_id}", access.acting.organisation, {"done": done} if done else {})


def name_and_address(user: User) -> str:
    """The user whom a question is about."""
    return f"{user.name}, {user.email}"


def _mails_to(ask: Ask, text: str) -> Sequence[MailLine]:
    """What became of the last mails to an address that no user has, such as a mistyped one."""
    try:
        return [mail_line(mail) for mail in ask.site.services.help_users.mails(EmailAddress.of(text))]
    except InvalidValue:
        return ()


def _who_confirmed(found: GrantInDetail, names: Mapping[str, str]) -> str:
    """Who confirmed a grant: a lead provider and its contact, or policy for an appropriate body's user."""
    step = found.confirmation
    if found.lead_provider is not None:
        contact = "" if step is None else step.contact
        return f"{found.lead_provider.name}, {contact}" if contact else found.lead_provider.name
    return "" if step is None or step.by is None else names.get(step.by, step.by)
