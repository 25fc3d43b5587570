"""A change asks first, and why; only a form with an answer does it, and the record shows both (service rule 15)."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Final

from attrs import field, frozen
from starlette.responses import Response

from checkdata.domain.errors import ChangeRefused
from checkdata.entrypoints.web.gate import Ask
from checkdata.entrypoints.web.pages.access_form import reason_fault
from checkdata.entrypoints.web.site import redirect

BLANK_REASON: Final = "Enter why, so that the record shows it"


def nobody_was_faster() -> str:
    """Nothing to say: what is asked about can't change under the hands of whoever answers."""
    return ""


@frozen(kw_only=True)
class Question:
    """What is about to be done: the question, about whom, what follows from it, and doing it, which takes the reason.

    ``label`` is what the reason's field asks, which may stay blank unless ``needs_reason``. ``words`` are the hidden
    fields of its form; ``back`` and ``done`` are addresses, of where it was asked and of where it goes on.
    ``overtaken`` says that somebody else was faster, "" where nobody was (service.md: 409).
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
    overtaken: Callable[[], str] = nobody_was_faster


@frozen
class NotDone:
    """Something that was refused: what to say at which field, and the status of the page that says it."""

    errors: Mapping[str, str]
    status: int = HTTPStatus.UNPROCESSABLE_ENTITY


def asked(ask: Ask, question: Question) -> Response:
    """Ask first; once it is answered, do it and go on."""
    if ask.request.method != "POST":
        return _page(ask, question, None)
    reason = ask.form.get("reason", "")
    fault = reason_fault(reason, BLANK_REASON if question.needs_reason else "")
    refused = NotDone({"reason": fault}) if fault else attempt(lambda: question.do(reason), question.overtaken)
    return redirect(question.done) if refused is None else _page(ask, question, refused)


def attempt(do: Callable[[], object], overtaken: Callable[[], str]) -> NotDone | None:
    """Do it; None where it was done, 409 where somebody else was faster, 422 where the rules do not allow it."""
    if faster := overtaken():
        return NotDone({"": faster}, HTTPStatus.CONFLICT)
    try:
        do()
    except ChangeRefused as refused:
        status = HTTPStatus.CONFLICT if overtaken() else HTTPStatus.UNPROCESSABLE_ENTITY
        return NotDone({"": str(refused)}, status)
    return None


def _page(ask: Ask, question: Question, refused: NotDone | None) -> Response:
    errors = {} if refused is None else refused.errors
    context = {"asked": question, "reason": ask.form.get("reason", ""), "errors": errors}
    return ask.page("ask_first.html", context, status=HTTPStatus.OK if refused is None else refused.status)
