"""One participant of a delivery partner, or one ECT of an appropriate body."""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from checkdata.domain.values import ParticipantId
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages.closed_schools import closed_at
from checkdata.entrypoints.web.presentation.addresses import AT_SCHOOL, came_from_changes, list_left
from checkdata.entrypoints.web.presentation.participant import profile
from checkdata.entrypoints.web.security.query_and_form_fields import Fields


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
        "closed": closed_at(ask, access, found.listed.school_urn),
        "as_of": found.as_of,
        "list": list_left(access.acting, ask.fields),
        "back_text": _back(ask.fields, access),
    }
    return ask.page("participants/participant.html", context)


def _back(words: Fields, access: Access) -> str:
    """What the link to the list says that the user came from."""
    if words.get(AT_SCHOOL):
        return "Back to the school"
    return "Back to what changed" if came_from_changes(words) else f"Back to {access.place.area.many}"
