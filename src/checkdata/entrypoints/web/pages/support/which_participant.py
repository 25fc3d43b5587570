"""The participant whom support asks about, by what people have: an id, a TRN, or a name with a school."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from attrs import field, frozen

from checkdata.domain.audit.wanted import PossibleParticipant
from checkdata.domain.errors import ChangeRefused
from checkdata.domain.people.organisations import Role
from checkdata.domain.values import ParticipantId
from checkdata.entrypoints.web.gate import Access, Ask
from checkdata.entrypoints.web.pages.support.audit_log import moments
from checkdata.entrypoints.web.presentation.filters import text_of

PARTICIPANT_FIELDS: Final = ("participant", "school", "meant")
"""The fields of `components.participant_fields`; ``meant`` is the id that was chosen among several."""


@frozen
class Choice:
    """A participant who may be meant, in words that tell them from the others."""

    id: ParticipantId
    name: str
    facts: str


@frozen(kw_only=True)
class Meant:
    """Who is meant, or else what is wrong by its field, and among whom to choose."""

    id: ParticipantId | None = None
    faults: dict[str, str] = field(factory=dict)
    choices: Sequence[Choice] = ()


def meant(ask: Ask, access: Access) -> Meant:
    """Read the fields of `PARTICIPANT_FIELDS`; the look-up is recorded."""
    typed = ask.form.get("participant", "").strip()
    if not typed:
        return Meant(faults={"participant": "Enter the participant’s id, TRN or name"})
    try:
        found = ask.site.services.find_participant.find(typed, school=ask.form.get("school", ""), by=access.acting)
    except ChangeRefused as refused:
        return Meant(faults={"participant": str(refused)})
    ids = [one.participant_id for one in found]
    if len(ids) == 1 or ask.form.get("meant") in ids:
        return Meant(id=ids[0] if len(ids) == 1 else ParticipantId(ask.form["meant"]))
    return Meant(faults={"meant": "Select the participant you mean"}, choices=[_choice(one) for one in found])


def meant_between(ask: Ask, access: Access) -> tuple[Meant, datetime | None, datetime | None]:
    """The same, with the moments from which and before which it is asked; nothing is looked up if a day is wrong."""
    faults: dict[str, str] = {}
    start, end = moments(ask.form, faults)
    return Meant(faults=faults) if faults else meant(ask, access), start, end


def _choice(one: PossibleParticipant) -> Choice:
    row = one.listed
    role = text_of("role", row.role, Role.DELIVERY_PARTNER)
    year = text_of("academic_year", row.academic_year, Role.DELIVERY_PARTNER)
    school = f"{row.school}, URN {row.school_urn}" if row.school else f"school URN {row.school_urn}"
    return Choice(one.participant_id, row.full_name, f"{role}, {school}, {year}, id {one.participant_id}")
