"""A change first asks for confirmation and a reason; both are recorded when it is made (service rule 15)."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Final

from attrs import field, frozen
from starlette.responses import Response

from checkdata.domain.errors import ChangeRefused, StorageConflict
from checkdata.domain.form_digest import FormDigest
from checkdata.entrypoints.web.gate import Ask
from checkdata.entrypoints.web.pages.access_form import reason_fault
from checkdata.entrypoints.web.site import redirect

SEEN: Final = "seen"
"""The field of a form that holds what its page showed."""

REFUSALS: Final = (ChangeRefused, StorageConflict)
"""The errors that mean that a change was not made."""

BLANK_REASON: Final = "Enter a reason. It will be saved in the audit log"


@frozen(kw_only=True)
class Question:
    """A change to confirm: the question, about whom, its effects, and the change itself, which takes the reason.

    ``label`` is the label of the reason, which may be blank unless ``needs_reason``. ``words`` are the hidden fields of
    its form, ``seen`` the one that says what its page shows. ``back`` is the address of the page before, ``done`` the
    one to go to afterwards.
    """

    question: str
    about: str
    follows: Sequence[str]
    label: str = "Why?"
    needs_reason: bool = True
    button: str
    warns: bool = False
    back: str
    done: str
    words: Mapping[str, str] = field(factory=dict)
    do: Callable[[str], object]
    seen: FormDigest


@frozen
class NotDone:
    """A refused change: what to say at which field, and the status of the page that says it."""

    errors: Mapping[str, str]
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY


def asked(ask: Ask, question: Question) -> Response:
    """Ask first; once confirmed, make the change and go on."""
    if ask.request.method != "POST":
        return _page(ask, question, None)
    reason = ask.form.get("reason", "")
    fault = reason_fault(reason, BLANK_REASON if question.needs_reason else "")
    refused = NotDone({"reason": fault}) if fault else attempt(lambda: question.do(reason))
    return redirect(question.done) if refused is None else _page(ask, question, refused)


def attempt(do: Callable[[], object], field: str = "") -> NotDone | None:
    """Do it; None if it was done, 409 if another user was faster, 422 if the rules do not allow it.

    The error is shown at the *field*, "" for the whole form.
    """
    try:
        do()
    except REFUSALS as refused:
        return not_done(refused, field)
    return None


def not_done(refused: Exception, field: str = "") -> NotDone:
    """What to say of one of `REFUSALS`, and with which status."""
    overtaken = isinstance(refused, StorageConflict)
    return NotDone({field: str(refused)}, HTTPStatus.CONFLICT if overtaken else HTTPStatus.UNPROCESSABLE_ENTITY)


def seen_in(ask: Ask) -> FormDigest:
    """What the page of a sent form had shown; a form that does not say it never matches."""
    return FormDigest(ask.form.get(SEEN, ""))


def _page(ask: Ask, question: Question, refused: NotDone | None) -> Response:
    errors = {} if refused is None else refused.errors
    context = {"asked": question, "reason": ask.form.get("reason", ""), "errors": errors}
    return ask.page("confirm_change.html", context, status=HTTPStatus.OK if refused is None else refused.status)
