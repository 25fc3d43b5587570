"""A change first asks for confirmation and a reason; both are recorded when it is made (service rule 15)."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Final

from attrs import field, frozen
from starlette.responses import Response

from checkdata.domain.errors import ChangeRefused, StorageConflict
from checkdata.domain.form_digest import FormDigest
from checkdata.domain.typed_text import text_fault
from checkdata.entrypoints.web.gate import Ask
from checkdata.entrypoints.web.pages.access_form import reason_fault
from checkdata.entrypoints.web.site import redirect

SEEN: Final = "seen"
"""The field of a form that holds what its page showed."""

REFUSALS: Final = (ChangeRefused, StorageConflict)
"""The errors that mean that a change was not made."""

BLANK_REASON: Final = "Enter a reason. We will keep it with your name and the time"


LONGEST_TEXT: Final = 200
"""How many characters a line of text may have."""


@frozen(kw_only=True)
class LineOfText:
    """A line that a question asks for besides the reason: its field, its label, and what stands in it at first.

    ``blank`` is the error for a blank line, "" if it may be blank; ``called`` is its name in other errors.
    """

    field: str
    label: str
    called: str
    value: str = ""
    blank: str = ""

    def fault(self, text: str) -> str:
        """What is wrong with what was typed; "" if nothing."""
        if not text.strip():
            return self.blank
        if len(text) > LONGEST_TEXT:
            return f"{self.called} must be {LONGEST_TEXT} characters or fewer"
        return text_fault(text, self.called)


@frozen(kw_only=True)
class Question:
    """A change to confirm: the question, about whom, its effects, and the change itself, which takes the reason.

    ``label`` is the label of the reason, which may be blank unless ``needs_reason``. ``words`` are the hidden fields of
    its form, ``seen`` the one that says what its page shows; ``line`` is a line of text to type.
    ``back`` is the address of the page before, ``done`` the one to go to afterwards.
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
    line: LineOfText | None = None
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
    faults = _faults(ask, question, reason)
    refused = NotDone(faults) if faults else attempt(lambda: question.do(reason))
    return redirect(question.done) if refused is None else _page(ask, question, refused)


def _faults(ask: Ask, question: Question, reason: str) -> Mapping[str, str]:
    line = question.line
    faults = {} if line is None else {line.field: line.fault(ask.form.get(line.field, ""))}
    faults["reason"] = reason_fault(reason, BLANK_REASON if question.needs_reason else "")
    return {name: fault for name, fault in faults.items() if fault}


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
    line = question.line
    context = {
        "asked": question,
        "reason": ask.form.get("reason", ""),
        "typed": "" if line is None else ask.form.get(line.field, line.value),
        "errors": errors,
    }
    return ask.page("confirm_change.html", context, status=HTTPStatus.OK if refused is None else refused.status)
