"""Support asks who has seen a participant, and whom to ask to delete files (service rule 15)."""

from collections.abc import Mapping, Sequence
from typing import Final

from starlette.exceptions import HTTPException
from starlette.responses import Response

from checkdata.domain.audit.tracing import ParticipantSightings
from checkdata.domain.errors import ChangeRefused
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages.day_fields import day_field_names
from checkdata.entrypoints.web.pages.support.audit_log import named_organisations
from checkdata.entrypoints.web.pages.support.which_participant import PARTICIPANT_FIELDS, Choice, meant_between
from checkdata.entrypoints.web.presentation.recalls import recalled_lines
from checkdata.entrypoints.web.presentation.tracing import certain_lines, file_lines, possible_lines

FIELDS: Final = (*PARTICIPANT_FIELDS, *day_field_names("from"), *day_field_names("to"))


def sightings_page(ask: Ask, access: Access) -> Response:
    """The form, and below it the answer; it is sent by POST, because who asked about whom is recorded."""
    if ask.request.method != "POST":
        return _page(ask, {})
    whom, start, end = meant_between(ask, access)
    if whom.id is None:
        return _page(ask, whom.faults, choices=whom.choices)
    tracing = ask.site.services.trace
    try:
        return _page(ask, {}, tracing.seen(whom.id, start=start, end=end, by=access.acting))
    except ChangeRefused as refused:
        return _page(ask, {"participant": str(refused)})


def files_of_agreement(ask: Ask, access: Access) -> Response:  # noqa: ARG001 - every page is given it
    """The files that left under an agreement; once it is over, which are to be deleted, and who has confirmed it."""
    found = ask.site.services.manage_agreements.one(ask.request.path_params["agreement_id"])
    if found is None:
        raise HTTPException(404)
    recall = ask.site.services.confirm_deletion.state_of(found.agreement.id)
    context = {
        "found": found,
        "lines": file_lines(ask.site.services.trace.files_under(found.agreement.id)),
        "recall": recall,
        "recalled": () if recall is None else recalled_lines(recall.files),
        "done": ask.fields.get("done", "") == "deleted",
    }
    return ask.page("support/files.html", context)


def _page(
    ask: Ask,
    errors: Mapping[str, str],
    found: ParticipantSightings | None = None,
    *,
    choices: Sequence[Choice] = (),
) -> Response:
    organisations = () if found is None else named_organisations(ask).values()
    context = {
        "typed": {field: ask.form.get(field, "") for field in FIELDS},
        "meant": choices,
        "found": found,
        "certain": [] if found is None else certain_lines(found, organisations),
        "possible": [] if found is None else possible_lines(found, organisations),
        "errors": errors,
    }
    return ask.page("support/seen.html", context, status=422 if errors else 200)
