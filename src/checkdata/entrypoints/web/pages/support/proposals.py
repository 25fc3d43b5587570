"""What waits for a second support user, and the steps that close it (service rule 4)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from attrs import frozen
from starlette.exceptions import HTTPException
from starlette.responses import Response

from checkdata.domain.access.proposals import ProposalId
from checkdata.domain.services.access.confirm_changes import AddressInDetail, DraftInDetail, ProposalInDetail
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages.confirm_change import Question, asked, seen_in
from checkdata.entrypoints.web.pages.paging import page_of
from checkdata.entrypoints.web.presentation.addresses import PROPOSALS, address
from checkdata.entrypoints.web.presentation.proposals import what_changes

DONE: Final[Mapping[str, str]] = {
    "proposed": "Proposed. Nothing changes until another support user confirms it.",
    "confirmed": "Confirmed. The change was made.",
    "refused": "Refused. Nothing was changed.",
    "withdrawn": "Withdrawn. Nothing was changed.",
}
"""What to say after a step, by the word of the address."""

_FOLLOWS_SECOND: Final = (
    "We send a link to the second address. Once that has been opened, they can sign in with either address.",
    "They get an email that says so at the address that they have.",
    "Ask the user or their organisation, by a way that you know already, before you confirm.",
)
"""What follows from confirming a second address."""

_FOLLOWS: Final[Mapping[type, Sequence[str]]] = {
    AddressInDetail: (
        "They sign in with the new address from then on, and are signed out everywhere.",
        "Links that were sent to the old address stop working, and both addresses get an email that says so.",
        "Ask the user or their organisation, by a way that you know already, before you confirm.",
    ),
    DraftInDetail: (
        "Users of the delivery partner see what it covers from its first day, or at once if that has passed.",
        "Look at the signed agreement before you confirm.",
    ),
}
"""What follows from a confirmation, by what is confirmed."""


def proposals(ask: Ask, access: Access) -> Response:
    """A page of what waits, the oldest first."""
    waiting = ask.site.services.confirm_changes.waiting()
    return ask.page("support/proposals.html", {"found": page_of(ask, access, PROPOSALS, waiting, {})})


def proposal(ask: Ask, access: Access) -> Response:
    """One proposal, and what the user who looks at it can do about it."""
    found = _proposal_of(ask)
    context = {
        "found": found,
        "proposed_here": found.proposal.proposed_by == access.acting.user_id,
        "done": DONE.get(ask.fields.get("done", ""), ""),
    }
    return ask.page("support/proposal.html", context)


def confirm(ask: Ask, access: Access) -> Response:
    """Another support user confirms it, and it is done."""
    found, changing = _proposal_of(ask), ask.site.services.confirm_changes
    question = Question(
        question="Confirm this change?",
        about=what_changes(found),
        follows=_FOLLOWS_SECOND if _is_second(found) else _FOLLOWS[type(found.about)],
        label="Note (optional)",
        needs_reason=False,
        button="Confirm change",
        back=proposal_place(found.proposal.id, access),
        done=proposal_place(found.proposal.id, access, "confirmed"),
        do=_step(ask, access, found, changing.confirm),
        seen=found.proposal.seen,
    )
    return asked(ask, question)


def _is_second(found: ProposalInDetail) -> bool:
    return isinstance(found.about, AddressInDetail) and found.about.change.is_second


def refuse(ask: Ask, access: Access) -> Response:
    """Another support user refuses it."""
    follows = "Nothing changes. The user who proposed it sees your reason."
    return _ended(ask, access, _Ending("Refuse", "refused", follows, ask.site.services.confirm_changes.refuse))


def withdraw(ask: Ask, access: Access) -> Response:
    """The user who proposed it takes it back."""
    follows = "Nothing changes, and no one can confirm it any more."
    return _ended(ask, access, _Ending("Withdraw", "withdrawn", follows, ask.site.services.confirm_changes.withdraw))


def proposal_place(proposal_id: ProposalId, access: Access, done: str = "") -> str:
    """The address of a proposal's page after a step."""
    return address(f"{PROPOSALS}/{proposal_id}", access.acting.organisation, {"done": done} if done else {})


@frozen
class _Ending:
    """How a proposal ends without a change: what a user does, what it is then, what follows, and the step itself."""

    verb: str
    state: str
    follows: str
    step: Callable[..., object]


def _ended(ask: Ask, access: Access, ending: _Ending) -> Response:
    found = _proposal_of(ask)
    question = Question(
        question=f"{ending.verb} this change?",
        about=what_changes(found),
        follows=[ending.follows],
        label=f"Why is it {ending.state}?",
        button=f"{ending.verb} change",
        warns=True,
        back=proposal_place(found.proposal.id, access),
        done=proposal_place(found.proposal.id, access, ending.state),
        do=_step(ask, access, found, ending.step),
        seen=found.proposal.seen,
    )
    return asked(ask, question)


def _proposal_of(ask: Ask) -> ProposalInDetail:
    found = ask.site.services.confirm_changes.one(ProposalId(ask.request.path_params["proposal_id"]))
    if found is None:
        raise HTTPException(404)
    return found


def _step(ask: Ask, access: Access, found: ProposalInDetail, step: Callable[..., object]) -> Callable[[str], object]:
    return lambda note: step(found.proposal.id, by=access.acting.user_id, note=note, seen=seen_in(ask))
