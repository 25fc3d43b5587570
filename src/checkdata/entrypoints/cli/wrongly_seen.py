"""``checkdata audit wrongly-seen``: whom partners saw wrongly, as it is known now."""

from collections.abc import Iterator
from typing import Annotated, Final

import typer
from attrs import evolve

from checkdata.domain.audit.statements import HOW_SEEN
from checkdata.domain.audit.tracing import ParticipantSightings, Sighting
from checkdata.domain.audit.wrong_sightings import WronglySeen, WrongReason
from checkdata.domain.services.audit.find_wrongly_seen import WronglySeenQuery
from checkdata.domain.values import ParticipantId
from checkdata.entrypoints.cli.audit import FromOption, ToOption, audit, first_moment
from checkdata.entrypoints.cli.help import examples
from checkdata.entrypoints.cli.tables import Cells, show, show_csv
from checkdata.entrypoints.cli.tracing import how_with_key, when
from checkdata.entrypoints.cli.use_cases import composition

COLUMNS: Final = (
    *("Participant", "Organisation", "Why it was wrong", "Seen", "Who", "How"),
    *("From", "To", "Times", "SHA-256 of the file"),
)
_WHY: Final = {
    WrongReason.AGREEMENT: "no agreement covered them",
    WrongReason.PARTNER: "never this partner's",
}


@audit.command(
    "wrongly-seen",
    epilog=examples(
        "checkdata audit wrongly-seen --agreement dsa-12",
        "checkdata audit wrongly-seen --participant p-000123",
        "checkdata audit wrongly-seen --from 2024-09-01 --csv > breach.csv",
    ),
)
def wrongly_seen(
    *,
    participant: Annotated[
        str | None, typer.Option("--participant", metavar="ID", help="Only this participant, by the id in the feed.")
    ] = None,
    agreement: Annotated[
        str | None, typer.Option("--agreement", metavar="ID", help="Only what this agreement allowed, by its id.")
    ] = None,
    start: FromOption = None,
    end: ToOption = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Write CSV, for a spreadsheet.")] = False,
) -> None:
    """List whom users of delivery partners saw wrongly, as it is known now: who saw them, when, and in which files.

    Agreements and records are corrected backwards: no agreement covered them that day, as it is known now, or a feed
    has taken them away from a partner whom the school had chosen by mistake. What only ended was right until then.
    Those who possibly saw them looked at a list that they may have been on. The question is recorded.
    """
    query = WronglySeenQuery(
        participant_id=None if participant is None else ParticipantId(participant),
        agreement_id=agreement,
        start=first_moment(start),
        end=first_moment(end, days=1),
    )
    with composition() as composed:
        found = composed.find_wrongly_seen.find(query)
    rows = [cells for each in found for cells in _rows(each)]
    if as_csv:
        show_csv(COLUMNS, rows)
    elif rows:
        show(COLUMNS, rows)
    else:
        typer.echo("Nobody was seen wrongly, as it is known now.")


def _rows(each: WronglySeen) -> Iterator[Cells]:
    for sighting in each.sightings.certainly:
        yield _cells(each, "certainly", sighting, evolve(sighting, at=sighting.last), sighting.times)
    for possible in each.sightings.possibly:
        yield _cells(each, "possibly", possible.first, possible.last, possible.times)


def _cells(each: WronglySeen, seen: str, first: Sighting, last: Sighting, times: int) -> Cells:
    return (
        each.participant_id,
        each.organisation.id,
        _WHY[each.reason],
        seen,
        _who(first, each.sightings),
        how_with_key(HOW_SEEN[first.how], first.receipt),
        when(first.at),
        when(last.at),
        str(times),
        "" if first.receipt is None else first.receipt.sha256,
    )


def _who(sighting: Sighting, found: ParticipantSightings) -> str:
    if sighting.actor is None:
        return f"the service {sighting.service}" if sighting.service else "an operator"
    user = found.users.get(sighting.actor)
    return sighting.actor if user is None else f"{user.name} <{user.email}>"
