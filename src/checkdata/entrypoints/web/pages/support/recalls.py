"""Support records that a recalled file is deleted, where its holder can't say so in the service (service rule 15)."""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from checkdata.domain.services.audit.confirm_deletion import digest_of
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages.confirm_change import Question, asked, seen_in
from checkdata.entrypoints.web.presentation.addresses import AGREEMENTS, address
from checkdata.entrypoints.web.presentation.recalls import recalled_lines


def confirm_deleted(ask: Ask, access: Access) -> Response:
    """Ask how support was told, and record it."""
    confirming = ask.site.services.confirm_deletion
    found = confirming.file(ask.request.path_params["file_id"])
    if found is None:
        raise HTTPException(404)
    [line] = recalled_lines([found])
    place = f"{AGREEMENTS}/{found.file.agreement_id}/files"
    question = Question(
        question="Record that this file is deleted?",
        about=f"{line.what} of {line.when}, {line.who[0]}",
        follows=["Only do this if they told you so and cannot confirm it in the service themselves."],
        label="Who told you, and how?",
        button="Record that it is deleted",
        back=address(place, access.acting.organisation),
        done=address(place, access.acting.organisation, {"done": "deleted"}),
        do=lambda reason: confirming.record(found.file.id, reason=reason, by=access.acting.user_id, seen=seen_in(ask)),
        seen=digest_of([found.file]),
    )
    return asked(ask, question)
