"""Who has seen a participant, and files that left, in the words of support's pages."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from attrs import frozen

from checkdata.domain.organisations import Organisation, Role, organisation_of
from checkdata.domain.receipts import FileKind, Receipt
from checkdata.domain.tracing import FileOut, How, Possibly, Seen, Sighting
from checkdata.domain.users import User
from checkdata.domain.values import UserId
from checkdata.entrypoints.web.presentation.words import counted, exact_time

_FILES: Final[Mapping[FileKind, str]] = {
    FileKind.CSV: "CSV file",
    FileKind.EXCEL: "Excel workbook",
    FileKind.CONTACTS: "Communication list",
    FileKind.CHANGES: "What changed, as CSV",
    FileKind.RECONCILED_CSV: "Comparison as CSV",
    FileKind.RECONCILED_EXCEL: "Comparison as Excel workbook",
    FileKind.EXPORT: "Batch export",
}
_HOW: Final[Mapping[How, str]] = {
    How.OWN_PAGE: "Opened their page",
    How.LIST: "Looked at a list",
    How.CHANGES: "Looked at what changed",
    How.RECONCILED: "Compared a list of their own",
    How.BROKEN_OFF: "Began a download that did not end whole",
}


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


def certain_lines(seen: Seen, organisations: Iterable[Organisation]) -> Sequence[SeenLine]:
    """Who certainly saw them."""
    called = {organisation: organisation.name for organisation in organisations}
    return [_line(exact_time(sighting.at), sighting, seen, called) for sighting in seen.certainly]


def possible_lines(seen: Seen, organisations: Iterable[Organisation]) -> Sequence[SeenLine]:
    """Who possibly saw them."""
    called = {organisation: organisation.name for organisation in organisations}
    return [_line(_span(each), each.first, seen, called) for each in seen.possibly]


def file_lines(files: Iterable[FileOut]) -> Sequence[FileLine]:
    """Files that left."""
    return [
        FileLine(
            when=exact_time(out.receipt.at),
            who=_who(out.receipt.actor, out.user),
            what=_FILES[out.receipt.kind],
            rows=f"{out.receipt.rows:,}",
        )
        for out in files
    ]


def people_of(files: Iterable[FileOut]) -> Sequence[User]:
    """Who has the files, each once, by name."""
    users = {out.user.id: out.user for out in files if out.user is not None}
    return sorted(users.values(), key=lambda user: user.name)


def _line(when: str, sighting: Sighting, seen: Seen, called: Mapping[Organisation, str]) -> SeenLine:
    user = None if sighting.actor is None else seen.users.get(sighting.actor)
    organisation = organisation_of(sighting.role or Role.SUPPORT, sighting.organisation_id)
    return SeenLine(
        when=when,
        who=_who(sighting.actor, user),
        organisation=called.get(organisation) or organisation.name or organisation.id,
        how=_HOW[sighting.how] if sighting.receipt is None else _file(sighting.receipt),
    )


def _file(receipt: Receipt) -> str:
    return f"{_FILES[receipt.kind]}, {counted(receipt.rows, 'row', 'rows')}"


def _who(user_id: UserId | None, user: User | None) -> tuple[str, str]:
    if user_id is None:
        return "An operator", ""
    return (user_id, "") if user is None else (user.name, user.id)


def _span(each: Possibly) -> str:
    if each.times == 1:
        return exact_time(each.first.at)
    return f"{exact_time(each.first.at)} to {exact_time(each.last.at)}, {each.times:,} times"
