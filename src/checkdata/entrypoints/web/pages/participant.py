"""One participant of a delivery partner, or one ECT of an appropriate body."""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from checkdata.domain.values import ParticipantId
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.presentation.addresses import came_from_changes, list_left
from checkdata.entrypoints.web.presentation.participant import profile


def participant(ask: Ask, access: Access) -> Response:
    """Their own page; a foreign id is 404, the same as one that does not exist (security.md 22)."""
    participant_id = ParticipantId(ask.request.path_params["participant_id"])
    looking_up, seen = ask.site.services.look_up_participant, not ask.only_headers
    found = looking_up.participant(access.acting, access.scope, participant_id, seen=seen)
    if found is None:
        raise HTTPException(404)
    context = {
        "area": access.place.area,
        "profile": profile(found, access.acting.role),
        "as_of": found.as_of,
        "list": list_left(access.acting, ask.fields),
        "from_changes": came_from_changes(ask.fields),
    }
    return ask.page("participants/participant.html", context)
