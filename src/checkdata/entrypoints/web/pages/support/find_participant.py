"""Support finds a participant by a TRN or an id, and learns their role and school only (service rules 1 and 15)."""

from collections.abc import Mapping, Sequence

from starlette.responses import Response

from checkdata.domain.audit.wanted import PossibleParticipant
from checkdata.domain.errors import ChangeRefused
from checkdata.domain.people.organisations import Role
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.presentation.filters import text_of

FIELDS = ("participant", "school")


def find_participant_page(ask: Ask, access: Access) -> Response:
    """The form, and below it who was found; it is sent by POST, because who looked up whom is recorded."""
    if ask.request.method != "POST":
        return _page(ask, {})
    typed = ask.form.get("participant", "").strip()
    if not typed:
        return _page(ask, {"participant": "Enter the participant’s TRN, id or name"})
    try:
        found = ask.site.services.find_participant.find(typed, school=ask.form.get("school", ""), by=access.acting)
    except ChangeRefused as refused:
        return _page(ask, {"participant": str(refused)})
    return _page(ask, {}, found)


def _page(ask: Ask, errors: Mapping[str, str], found: Sequence[PossibleParticipant] = ()) -> Response:
    context = {
        "typed": {field: ask.form.get(field, "") for field in FIELDS},
        "found": [(one.participant_id, _role(one), _school(one)) for one in found],
        "errors": errors,
    }
    return ask.page("support/find_participant.html", context, status=422 if errors else 200)


def _role(one: PossibleParticipant) -> str:
    return text_of("role", one.listed.role, Role.DELIVERY_PARTNER)


def _school(one: PossibleParticipant) -> str:
    return f"{one.listed.school}, URN {one.listed.school_urn}" if one.listed.school else f"URN {one.listed.school_urn}"
