"""A change asks first, and why; only a form with a reason does it, and the record shows both (service rule 15)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from attrs import field, frozen
from starlette.responses import Response

from checkdata.domain.errors import ChangeRefused
from checkdata.entrypoints.web.gate import Ask
from checkdata.entrypoints.web.pages.access_form import reason_fault
from checkdata.entrypoints.web.site import redirect

BLANK_REASON: Final = "Enter why, so that the record shows it"


@frozen(kw_only=True)
class Question:
    """What is about to be done: the question, about whom, what follows from it, and doing it, which takes the reason.

    ``words`` are the hidden fields of its form; ``back`` and ``done`` are addresses, of where it was asked and of where
    it goes on.
    """

    question: str
    about: str
    follows: Sequence[str]
    button: str
    warns: bool = False
    back: str
    done: str
    words: Mapping[str, str] = field(factory=dict)
    do: Callable[[str], object]


def asked(ask: Ask, question: Question) -> Response:
    """Ask first; once it is confirmed with a reason, do it."""
    if ask.request.method != "POST":
        return _page(ask, question, {})
    reason = ask.form.get("reason", "")
    if fault := reason_fault(reason, BLANK_REASON):
        return _page(ask, question, {"reason": fault})
    try:
        question.do(reason)
    except ChangeRefused as refused:
        return _page(ask, question, {"": str(refused)})
    return redirect(question.done)


def _page(ask: Ask, question: Question, errors: Mapping[str, str]) -> Response:
    context = {"asked": question, "reason": ask.form.get("reason", ""), "errors": errors}
    return ask.page("support/confirm.html", context, status=422 if errors else 200)
