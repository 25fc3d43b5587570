"""Who has seen a participant, and files that left, in the words of support's pages."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from attrs import frozen

from checkdata.domain.audit.recalls import RecalledFile
from checkdata.domain.audit.receipts import READ_BY_KEY, FileKind, Receipt
from checkdata.domain.audit.statements import HOW_SEEN, StatementLine
from checkdata.domain.audit.tracing import HeldFile, ParticipantSightings, PossibleSightings, Sighting, SightingKind
from checkdata.domain.people.organisations import Organisation, organisation_of
from checkdata.domain.people.users import User
from checkdata.domain.sign_in.api_keys import SHOWN_OF_ID
from checkdata.domain.values import UserId
from checkdata.entrypoints.web.presentation.days_and_times import counted, exact_time
from checkdata.entrypoints.web.presentation.names import linked_user, organisation_name, with_role

FILE_NAMES: Final[Mapping[FileKind, str]] = {
    FileKind.CSV: "CSV file",
    FileKind.EXCEL: "Excel workbook",
    FileKind.EXTENDED_CSV: "Extended CSV file",
    FileKind.EXTENDED_EXCEL: "Extended Excel workbook",
    FileKind.CONTACTS: "Communication list",
    FileKind.ALL_CONTACTS: "Communication list, active or not",
    FileKind.CHASE: "Chase list",
    FileKind.CHANGES: "What changed, as CSV",
    FileKind.RECONCILED_CSV: "Comparison as CSV",
    FileKind.RECONCILED_EXCEL: "Comparison as Excel workbook",
    FileKind.EXPORT: "Batch export",
    FileKind.EXTENDED_EXPORT: "Extended batch export",
    FileKind.API: "Read with an API key",
    FileKind.DECISIONS: "Participants whom a user may see, as another service was told",
}
"""What files are called by their kind."""
_HOW: Final[Mapping[SightingKind, str]] = {
    SightingKind.OWN_PAGE: "Opened their page",
    SightingKind.LIST: "Looked at a list",
    SightingKind.CHANGES: "Looked at what changed",
    SightingKind.RECONCILED: "Compared a list of their own",
    SightingKind.BROKEN_OFF: "Began a download that was not completed",
}
_READ_WITH: Final[Mapping[FileKind, str]] = {
    FileKind.API: "Read by a program with the API key {name} (checkdata-{start}-…)",
    FileKind.DECISIONS: "Told the service {name}, with the API key checkdata-{start}-…",
}
OPERATOR: Final = "An operator"
"""Who has a file that no user took."""


@frozen(kw_only=True)
class SeenLine:
    """One line of an answer: when, who with the id of their page ("" for none), for which organisation, and how."""

    when: str
    who: tuple[str, str]
    organisation: str
    how: str


@frozen(kw_only=True)
class FileLine:
    """A file that left: when, who has it with the id of their page ("" for none), what it is and how many rows."""

    when: str
    who: tuple[str, str]
    what: str
    rows: str


@frozen(kw_only=True)
class StatedLine:
    """One line of a statement: when, who, in which role for which organisation, how, and under which agreements."""

    when: str
    who: str
    organisation: str
    how: str
    agreements: tuple[str, ...]


def stated_lines(lines: Iterable[StatementLine]) -> Sequence[StatedLine]:
    """Lines of a statement."""
    return [
        StatedLine(
            when=lasting(line.first, line.last, line.times),
            who=line.who,
            organisation=_in_role(line),
            how=HOW_SEEN[line.how],
            agreements=line.agreements,
        )
        for line in lines
    ]


def certain_lines(seen: ParticipantSightings, organisations: Iterable[Organisation]) -> Sequence[SeenLine]:
    """Who certainly saw them."""
    called = {organisation: organisation.name for organisation in organisations}
    return [
        _line(lasting(sighting.at, sighting.last, sighting.times), sighting, seen, called)
        for sighting in seen.certainly
    ]


def possible_lines(seen: ParticipantSightings, organisations: Iterable[Organisation]) -> Sequence[SeenLine]:
    """Who possibly saw them."""
    called = {organisation: organisation.name for organisation in organisations}
    return [_line(_span(each), each.first, seen, called) for each in seen.possibly]


def file_lines(files: Iterable[HeldFile]) -> Sequence[FileLine]:
    """Files that left."""
    return [
        FileLine(
            when=exact_time(out.receipt.at),
            who=linked_user(
                out.receipt.actor,
                {} if out.user is None else {out.user.id: out.user},
                OPERATOR if out.receipt.kind is not FileKind.DECISIONS else out.receipt.key_name,
            ),
            what=what_left(out.receipt),
            rows=f"{out.receipt.rows:,}",
        )
        for out in files
    ]


def what_left(what: Receipt | RecalledFile) -> str:
    """What a file is called, and with which API key a copy was read."""
    words = _READ_WITH.get(what.kind, FILE_NAMES[what.kind])
    return words.format(name=what.key_name, start=what.key_id[:SHOWN_OF_ID])


def who_saw(sighting: Sighting, users: Mapping[UserId, User]) -> tuple[str, str]:
    """A user with the id of their page; "" for an operator's and for another service."""
    return linked_user(sighting.actor, users, sighting.service or OPERATOR)


def _line(when: str, sighting: Sighting, seen: ParticipantSightings, called: Mapping[Organisation, str]) -> SeenLine:
    return SeenLine(
        when=when,
        who=who_saw(sighting, seen.users),
        organisation=organisation_name(sighting.role, sighting.organisation_id, called),
        how=_HOW[sighting.how] if sighting.receipt is None else _file(sighting.receipt),
    )


def _in_role(line: StatementLine) -> str:
    return "" if line.role is None else with_role(organisation_of(line.role, line.organisation_id, line.organisation))


def _file(receipt: Receipt) -> str:
    rows = "" if receipt.kind in READ_BY_KEY else f", {counted(receipt.rows, 'row', 'rows')}"
    return f"{what_left(receipt)}{rows}"


def _span(each: PossibleSightings) -> str:
    return lasting(each.first.at, each.last.at, each.times)


def lasting(first: datetime, last: datetime, times: int) -> str:
    """When something was done once, or from when to when and how often."""
    return exact_time(first) if times == 1 else f"{exact_time(first)} to {exact_time(last)}, {times:,} times"
