"""Nominations as support and policy see them: the queue, and each nomination with its steps."""

from collections.abc import Mapping, Sequence
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import Response

from checkdata.domain.nominations.next_step import NextActor, Party
from checkdata.domain.nominations.steps import NominationState
from checkdata.domain.people.organisations import Role
from checkdata.domain.services.nominations.queue import NominationInDetail, QueuedNomination
from checkdata.domain.values import NominationId
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages.paging import page_of
from checkdata.entrypoints.web.presentation.addresses import POLICY_NOMINATIONS, SUPPORT_NOMINATIONS, address
from checkdata.entrypoints.web.presentation.nominations import steps_taken
from checkdata.entrypoints.web.presentation.user_activity import mail_line
from checkdata.entrypoints.web.presentation.work_waiting import nominations

SECTION: Final[Mapping[Role, str]] = {Role.SUPPORT: SUPPORT_NOMINATIONS, Role.POLICY: POLICY_NOMINATIONS}
"""The address of each team's nominations."""

DONE: Final[Mapping[str, str]] = {
    "received": "Nomination recorded. Escalate it to policy when you have checked it.",
    "escalated": "Nomination escalated to policy.",
    "corrected": "Name corrected.",
    "link": "Lead provider asked. We send its registered contact an email with a link.",
    "confirmed": "Answer recorded. Support can give access now.",
    "declined": "Answer recorded. The person who nominated them gets an email that says so.",
    "renewed": "Answer recorded. Their access goes on.",
    "ended": "Answer recorded. Their access has ended, and they get an email that says so.",
    "granted": "Access given. They get an email that says they can sign in.",
    "withdrawn": "Nomination withdrawn.",
}
"""What to say after a step, by the word of the address."""

_NEXT_STEPS: Final[Mapping[tuple[NextActor, Role], Mapping[str, str]]] = {
    (NextActor.ESCALATE, Role.SUPPORT): {"Escalate to policy": "/escalate"},
    (NextActor.GRANT, Role.SUPPORT): {"Give access": "/grant"},
    (NextActor.ASK, Role.POLICY): {"Ask a lead provider": "/ask"},
    (NextActor.ASK_AGAIN, Role.POLICY): {"Ask a lead provider again": "/ask"},
    (NextActor.ANSWER, Role.POLICY): {"Record the answer": "/answer", "Ask another lead provider": "/ask"},
    (NextActor.DECIDE, Role.POLICY): {"Ask a lead provider": "/ask", "Decide without a lead provider": "/answer"},
}
"""The buttons of each step for the role that takes it: the text of each, and the path it leads to."""

_OPEN, _CLOSED = "open", "closed"
_SHOWN: Final = ("", _OPEN, _CLOSED)


def queue(ask: Ask, access: Access) -> Response:
    """A page of the open nominations, the oldest first, or of the closed ones."""
    shown = ask.fields.get("show", "")
    errors = {} if shown in _SHOWN else {"": "Choose open or closed nominations"}
    section, listed = SECTION[access.acting.role], () if errors else _queue(ask, access, shown)
    context = {
        "section": section,
        "show": shown or _OPEN,
        "found": page_of(ask, access, section, listed, {"show": shown or _OPEN}),
        "receives": access.acting.role is Role.SUPPORT,
        "whose": Party(access.acting.role.value),
        "errors": errors,
    }
    return ask.page("nominations/queue.html", context, status=422 if errors else 200)


def policy_home(ask: Ask, access: Access) -> Response:
    """The first page of a policy user: the nominations that wait for them."""
    waiting = ask.site.services.nomination_queue.waiting_for(Party(access.acting.role.value))
    return ask.page("start/policy.html", {"waiting": [nominations(waiting, POLICY_NOMINATIONS, "policy")]})


def nomination(ask: Ask, access: Access) -> Response:
    """One nomination, every step of it, and what can be done about it."""
    found = nomination_of(ask)
    steps = _next_steps(found, access.acting.role)
    context = {
        "section": SECTION[access.acting.role],
        "found": found,
        "nomination": found.queued.nomination,
        "steps": steps_taken(found),
        "actions": {**steps, **_corrections(found)},
        "leads": bool(steps),
        "mail": None if found.mail is None else mail_line(found.mail),
        "sent_to": _sent_to(found, access.acting.role),
        "done": DONE.get(ask.fields.get("done", ""), ""),
    }
    return ask.page("nominations/nomination.html", context)


def nomination_of(ask: Ask) -> NominationInDetail:
    """The nomination that the address names; there is no page of one that is unknown."""
    found = ask.site.services.nomination_queue.one(NominationId(ask.request.path_params["nomination_id"]))
    if found is None:
        raise HTTPException(404)
    return found


def nomination_place(nomination_id: NominationId, access: Access, done: str = "", *, below: str = "") -> str:
    """The address of a nomination's page after a step, or of a page below it."""
    path = f"{SECTION[access.acting.role]}/{nomination_id}{below}"
    return address(path, access.acting.organisation, {"done": done} if done else {})


def _queue(ask: Ask, access: Access, shown: str) -> Sequence[QueuedNomination]:
    """Policy is shown the nominations that were escalated to them, open and closed."""
    every = ask.site.services.nomination_queue
    found = every.closed() if shown == _CLOSED else every.open()
    if access.acting.role is Role.SUPPORT:
        return found
    return [queued for queued in found if _was_escalated(queued)]


def _was_escalated(queued: QueuedNomination) -> bool:
    return any(step.state is NominationState.ESCALATED for step in queued.nomination.steps)


def _next_steps(found: NominationInDetail, role: Role) -> Mapping[str, str]:
    """The buttons of the next step, where it is the role's to take."""
    following = found.queued.next_step
    return {} if following is None else _NEXT_STEPS.get((following.move, role), {})


def _corrections(found: NominationInDetail) -> Mapping[str, str]:
    """The buttons that both teams have while a nomination is open."""
    if found.queued.next_step is None:
        return {}
    correct = {"Correct the name": "/name"} if found.queued.nomination.renews is None else {}
    return {**correct, "Withdraw": "/withdraw"}


def _sent_to(found: NominationInDetail, role: Role) -> str:
    """The contact to whom policy may send the link again; "" where there is none."""
    following = found.queued.next_step
    asked = following is not None and following.whose is Party.LEAD_PROVIDER
    return found.queued.nomination.steps[-1].contact if asked and role is Role.POLICY else ""
