"""Support asks whom partners saw wrongly, as it is known now: the list that a breach report needs (service rule 15)."""

from collections.abc import Mapping, Sequence
from typing import Final

from starlette.responses import Response

from checkdata.domain.audit.wrong_sightings import WronglySeen
from checkdata.domain.errors import ChangeRefused
from checkdata.domain.services.audit.find_wrongly_seen import WronglySeenQuery
from checkdata.domain.values import ParticipantId
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages.day_fields import day_field_names
from checkdata.entrypoints.web.pages.support.audit_log import moments
from checkdata.entrypoints.web.presentation.wrongly_seen import wrong_lines

FIELDS: Final = ("participant", "agreement", *day_field_names("from"), *day_field_names("to"))
MOST: Final = 200
"""How many participants a page looks at: the answer for more takes longer than a browser waits."""


def wrongly_seen_page(ask: Ask, access: Access) -> Response:
    """The form, and below it the answer; it is sent by POST, because who asked about whom is recorded."""
    if ask.request.method != "POST":
        return _page(ask, {})
    faults: dict[str, str] = {}
    start, end = moments(ask.form, faults)
    participant, agreement = (ask.form.get(name, "").strip() for name in ("participant", "agreement"))
    if not participant and not agreement:
        faults["participant"] = "Enter the participant’s id, the agreement’s reference, or both"
    if faults:
        return _page(ask, faults)
    query = WronglySeenQuery(
        participant_id=ParticipantId(participant) if participant else None,
        agreement_id=agreement or None,
        start=start,
        end=end,
    )
    try:
        return _page(ask, {}, ask.site.services.find_wrongly_seen.find(query, by=access.acting, most=MOST))
    except ChangeRefused as refused:
        return _page(ask, {"": str(refused)})


def _page(ask: Ask, errors: Mapping[str, str], found: Sequence[WronglySeen] | None = None) -> Response:
    context = {
        "typed": {field: ask.form.get(field, "") for field in FIELDS},
        "found": found,
        "people": 0 if found is None else len({each.participant_id for each in found}),
        "lines": () if found is None else wrong_lines(found),
        "errors": errors,
    }
    return ask.page("support/wrongly_seen.html", context, status=422 if errors else 200)
