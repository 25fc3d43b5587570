"""Steps that somebody takes once they have been asked: escalating, giving access, withdrawing (service rule 4)."""

from collections.abc import Callable, Mapping
from typing import Final

from attrs import frozen
from starlette.responses import Response

from checkdata.domain.errors import ChangeRefused
from checkdata.domain.services.nomination_queue import NominationInDetail
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages.access_form import reason_fault
from checkdata.entrypoints.web.pages.nominations import nomination_of, nomination_place
from checkdata.entrypoints.web.site import redirect

SEEN: Final = "seen"
"""The field of a form that tells how many steps its page showed."""

_OVERTAKEN: Final = "Somebody else took the next step of this nomination meanwhile. Look at it again before you go on."
_BLANK_WHY: Final = "Enter why, so that the record shows it"


@frozen(kw_only=True)
class Question:
    """What is about to be done: the question, what follows from it, what may or must be noted, and doing it."""

    question: str
    follows: str
    note: str
    needs_note: bool = False
    button: str
    warns: bool = False
    done: str
    do: Callable[[str], object]


@frozen
class NotTaken:
    """A step that was refused: what to say at which field, and the status of the page that says it."""

    errors: Mapping[str, str]
    status: int


def escalate(ask: Ask, access: Access) -> Response:
    """Support hands a nomination on to policy."""
    found = nomination_of(ask)
    nominating, nomination = ask.site.services.nominating, found.queued.nomination
    question = Question(
        question="Escalate this nomination to policy?",
        follows="Policy asks a lead provider to confirm this person. You give access once they are confirmed.",
        note="What policy should know (optional)",
        button="Escalate to policy",
        done="escalated",
        do=lambda note: nominating.escalate(nomination.id, by=access.acting, note=note),
    )
    return answered(ask, found, question, nomination_place(nomination.id, access))


def grant(ask: Ask, access: Access) -> Response:
    """Support gives the access that was confirmed."""
    found = nomination_of(ask)
    nominating, nomination = ask.site.services.nominating, found.queued.nomination
    question = Question(
        question="Give this person access?",
        follows="They can sign in at once, and get an email that says so.",
        note="Note (optional)",
        button="Give access",
        done="granted",
        do=lambda note: nominating.grant(nomination.id, by=access.acting, note=note),
    )
    return answered(ask, found, question, nomination_place(nomination.id, access))


def withdraw(ask: Ask, access: Access) -> Response:
    """Support or policy says that a nomination is not wanted any more."""
    found = nomination_of(ask)
    return answered(ask, found, withdrawal(ask, found, access), nomination_place(found.queued.nomination.id, access))


def withdrawal(ask: Ask, found: NominationInDetail, access: Access) -> Question:
    """What is asked of whoever withdraws a nomination."""
    nominating, nomination = ask.site.services.nominating, found.queued.nomination
    return Question(
        question="Withdraw this nomination?",
        follows="Nobody is asked about this person any more, and they get no access by this nomination."
        if nomination.renews is None
        else "Nobody is asked about this person any more, and their access stays as it is.",
        note="Why is it withdrawn?",
        needs_note=True,
        button="Withdraw nomination",
        warns=True,
        done="withdrawn",
        do=lambda note: nominating.withdraw(nomination.id, by=access.acting, note=note),
    )


def answered(ask: Ask, found: NominationInDetail, question: Question, place: str) -> Response:
    """Ask first; once the button is pressed, do it and go on to *place*."""
    if ask.request.method != "POST":
        return _asked(ask, found, question, place)
    note = ask.form.get("reason", "")
    if fault := note_fault(note, _BLANK_WHY if question.needs_note else ""):
        return _asked(ask, found, question, place, NotTaken({"reason": fault}, 422))
    if refused := attempt(ask, lambda: question.do(note)):
        return _asked(ask, found, question, place, refused)
    return redirect(f"{place}&done={question.done}")


def attempt(ask: Ask, take: Callable[[], object]) -> NotTaken | None:
    """Take a step; None where it was taken, 409 where another was taken since the form was shown, else 422."""
    if _is_overtaken(ask):
        return NotTaken({"": _OVERTAKEN}, 409)
    try:
        take()
    except ChangeRefused as refused:
        return NotTaken({"": str(refused)}, 409 if _is_overtaken(ask) else 422)
    return None


def note_fault(note: str, blank: str = "") -> str:
    """What is wrong with a note; *blank* is what to say where it is missing, "" where it may be."""
    return reason_fault(note, blank) if note.strip() or blank else ""


def _is_overtaken(ask: Ask) -> bool:
    seen = ask.form.get(SEEN)
    return seen is not None and seen != str(len(nomination_of(ask).queued.nomination.steps))


def _asked(
    ask: Ask, found: NominationInDetail, question: Question, back: str, refused: NotTaken | None = None
) -> Response:
    context = {
        "nomination": found.queued.nomination,
        "question": question,
        "back": back,
        "note": ask.form.get("reason", ""),
        "errors": {} if refused is None else refused.errors,
    }
    return ask.page("nominations/step.html", context, status=200 if refused is None else refused.status)
