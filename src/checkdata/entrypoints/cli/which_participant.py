"""The participant whom a command asks about, by what people have: an id, a TRN, or a name with a school."""

from typing import TYPE_CHECKING, Annotated

import typer

from checkdata.domain.audit.wanted import PossibleParticipant
from checkdata.domain.errors import ChangeRefused
from checkdata.domain.values import ParticipantId
from checkdata.entrypoints.cli.tables import show

if TYPE_CHECKING:
    from checkdata.entrypoints.composition.service import Composition

ParticipantArgument = Annotated[
    str,
    typer.Argument(metavar="PARTICIPANT", help="The participant's id in the feed, their TRN, or name with --school."),
]
SchoolOption = Annotated[
    str, typer.Option("--school", metavar="NAME_OR_URN", help="The school of a participant who is given by name.")
]

_COLUMNS = ("Id", "Name", "Role", "School", "URN", "Academic year")


def the_participant(composed: "Composition", typed: str, school: str) -> ParticipantId:
    """Who is meant; where several may be, they are listed, and it is refused until one is chosen by their id."""
    found = composed.find_participant.find(typed, school=school)
    if len(found) == 1:
        return found[0].participant_id
    show(_COLUMNS, [_row(one) for one in found])
    raise ChangeRefused("Several participants may be meant. Give the id of one of them.")


def _row(one: PossibleParticipant) -> tuple[str, ...]:
    row = one.listed
    return one.participant_id, row.full_name, row.role.value, row.school, row.school_urn, str(row.academic_year)
