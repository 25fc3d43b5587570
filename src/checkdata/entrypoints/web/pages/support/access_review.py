"""The access review: grants that are not used, or were confirmed long ago, are kept or removed one by one (rule 4)."""

from collections.abc import Mapping
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import Response

from checkdata.domain.errors import Overtaken
from checkdata.domain.services.access.review_access import ReviewedGrant
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages.confirm_change import Question, asked, seen_in
from checkdata.entrypoints.web.pages.paging import page_of
from checkdata.entrypoints.web.pages.support.users import name_and_address
from checkdata.entrypoints.web.presentation.addresses import ACCESS_REVIEW, address
from checkdata.entrypoints.web.presentation.names import with_role

DONE: Final[Mapping[str, str]] = {
    "kept": "This access needs to be reconfirmed. It stays as it is until a lead provider or policy answers.",
    "removed": "Access removed. They get an email that says so.",
}
"""What to say after an answer, by the word of the address."""


def access_review(ask: Ask, access: Access) -> Response:
    """The grants to review, a page of them."""
    reviewing = ask.site.services.review_access
    context = {
        "found": page_of(ask, access, ACCESS_REVIEW, reviewing.due()),
        "limits": reviewing.limits,
        "lapses": reviewing.lapses,
        "own": access.acting.user_id,
        "done": DONE.get(ask.fields.get("done", ""), ""),
    }
    return ask.page("support/access_review.html", context)


def keep_reviewed(ask: Ask, access: Access) -> Response:
    """Ask for a grant to be reconfirmed."""
    reviewed = _reviewed(ask)
    for_partner = reviewed.grant.confirmed_by is not None
    question = Question(
        question=f"Keep this access for {with_role(reviewed.grant.organisation)}?",
        about=name_and_address(reviewed.user),
        follows=[
            "The lead provider that confirmed them is asked again, by a link to its contact. Where it has no agreement "
            "in force any more, or no contact, policy chooses whom to ask."
            if for_partner
            else "Policy is asked to confirm them again.",
            "The access stays as it is until there is an answer. If they are declined, it is removed.",
        ],
        button="Ask for confirmation",
        back=_place(access),
        done=_place(access, "kept"),
        do=lambda reason: ask.site.services.review_access.keep(
            reviewed.grant.id, by=access.acting, note=reason, seen=seen_in(ask)
        ),
        seen=reviewed.seen,
    )
    return asked(ask, question)


def remove_reviewed(ask: Ask, access: Access) -> Response:
    """End a grant."""
    reviewed = _reviewed(ask)
    question = Question(
        question=f"Remove this access for {with_role(reviewed.grant.organisation)}?",
        about=name_and_address(reviewed.user),
        follows=["They will lose access straight away, and get an email that says so."],
        button="Remove access",
        warns=True,
        back=_place(access),
        done=_place(access, "removed"),
        do=lambda reason: ask.site.services.review_access.remove(
            reviewed.grant.id, reason=reason, by=access.acting.user_id, seen=seen_in(ask)
        ),
        seen=reviewed.seen,
    )
    return asked(ask, question)


def _reviewed(ask: Ask) -> ReviewedGrant:
    """The grant that the address names, while it has to be reviewed; `Overtaken` if another user answered since."""
    wanted = ask.request.path_params["grant_id"]
    found = next((reviewed for reviewed in ask.site.services.review_access.due() if reviewed.grant.id == wanted), None)
    if found is None and ask.request.method == "POST" and ask.site.services.review_access.knows(wanted):
        raise Overtaken("This access has changed since you looked at it.")
    if found is None:
        raise HTTPException(404)
    return found


def _place(access: Access, done: str = "") -> str:
    return address(ACCESS_REVIEW, access.acting.organisation, {"done": done} if done else {})
