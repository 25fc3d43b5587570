"""``checkdata audit seen`` and ``checkdata verify``: who has seen a participant, and where a file came from."""

from collections.abc import Iterator
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import typer

from checkdata.domain.audit.recalls import RecalledFile
from checkdata.domain.audit.receipts import FileKind, Receipt
from checkdata.domain.audit.tracing import (
    FileOrigin,
    ParticipantSightings,
    PossibleSightings,
    Sighting,
    SightingKind,
)
from checkdata.domain.people.organisations import Role
from checkdata.domain.people.users import User
from checkdata.domain.services.audit.confirm_deletion import RecalledFrom
from checkdata.domain.typed_text import displayed
from checkdata.domain.values import UserId
from checkdata.entrypoints.cli.audit import FromOption, ToOption, audit, first_moment
from checkdata.entrypoints.cli.exit_codes import ExitCode
from checkdata.entrypoints.cli.help import examples
from checkdata.entrypoints.cli.statements import looks_like_statement, opened_file, tell_verdict
from checkdata.entrypoints.cli.use_cases import composition
from checkdata.entrypoints.cli.which_participant import ParticipantArgument, SchoolOption, the_participant

_LONDON: Final = ZoneInfo("Europe/London")
_HOW: Final = {
    SightingKind.OWN_PAGE: "opened their page",
    SightingKind.FILE: "took a file that held them",
    SightingKind.BY_KEY: "let a program read them",
    SightingKind.BY_SERVICE: "was told that they may be seen",
    SightingKind.LIST: "looked at a list",
    SightingKind.CHANGES: "looked at what changed",
    SightingKind.RECONCILED: "compared a list of their own",
    SightingKind.BROKEN_OFF: "began a download that was not completed",
}


@audit.command(
    "seen",
    epilog=examples(
        "checkdata audit seen p-000123",
        "checkdata audit seen 'Jo Lee' --school 100001",
        "checkdata audit seen p-000123 --from 2024-09-01 --to 2024-09-30",
    ),
)
def who_has_seen(
    participant: ParticipantArgument,
    *,
    school: SchoolOption = "",
    start: FromOption = None,
    end: ToOption = None,
) -> None:
    """Tell who has seen a participant: who certainly did, and who possibly did.

    Users who opened their page or took a file that held them certainly did. Users who looked at a list, or broke
    off a download, that they may have been on possibly did. The question is recorded.
    """
    with composition() as composed:
        found = composed.trace.seen(
            the_participant(composed, participant, school), start=first_moment(start), end=first_moment(end, days=1)
        )
    for line in _lines(found):
        typer.echo(line)


def verify_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file as it was downloaded or exported.")],
) -> None:
    """Tell where a file came from, and which of its rows have left the scope since; whether a statement is genuine.

    Ends with 1 if there is no receipt: the file is not from this service, or was changed since. The question is
    recorded.

    A statement of `checkdata audit statement` is checked against its seal, for which only the key is needed. Ends with
    1 if it was changed, and with 2 if it was sealed with a key that was not given.
    """
    if looks_like_statement(file):
        tell_verdict(file)
        return
    with opened_file(file) as opened:
        digest = file_digest(opened, "sha256").hexdigest()
    with composition() as composed:
        origins = composed.trace.origins(digest)
    if not origins:
        typer.echo(
            "There is no receipt for this file: it did not come from this service, or it was changed after it left."
        )
        raise typer.Exit(ExitCode.DONE_WITH_REFUSALS)
    for origin in origins:
        for line in _origin_lines(origin):
            typer.echo(line)


def recalled_line(each: RecalledFrom) -> str:
    """A recalled file, and who has it."""
    file, holder = each.file, each.holder
    by = "exported by an operator" if file.holder is None else _taken_by(holder, file.holder)
    suspended = ", who is suspended" if holder is not None and holder.suspended else ""
    if file.key_id:
        whose = (
            "of another service" if file.holder is None else f"under the access of {_named_user(holder, file.holder)}"
        )
        return f"{when(file.left_at)}  copy read with {_key(file)}, {whose}{suspended}, last sha256 {file.sha256}"
    return f"{when(file.left_at)}  {file.kind.value} file, {by}{suspended}, {file.rows:,} rows, sha256 {file.sha256}"


def when(moment: datetime) -> str:
    """A moment in the UK, with its difference from UTC."""
    return moment.astimezone(_LONDON).isoformat(sep=" ", timespec="seconds")


def _lines(found: ParticipantSightings) -> Iterator[str]:
    yield f"Certainly seen by ({len(found.certainly):,}):"
    yield from (
        f"  {_from_to(s.at, s.last, s.times)}  {_who(s, found)} {_HOW[s.how]}{_which(s)}" for s in found.certainly
    )
    yield f"Possibly seen by ({len(found.possibly):,}):"
    yield from (f"  {_span(each)}  {_who(each.first, found)} {_HOW[each.first.how]}" for each in found.possibly)


def _who(sighting: Sighting, found: ParticipantSightings) -> str:
    user = None if sighting.actor is None else found.users.get(sighting.actor)
    nobody = f"the service {displayed(sighting.service)}" if sighting.service else "an operator"
    who = nobody if sighting.actor is None else sighting.actor
    return f"{who if user is None else user.email} for {_place(sighting.role, sighting.organisation_id)}"


def _which(sighting: Sighting) -> str:
    return "" if sighting.receipt is None else f" ({_file(sighting.receipt)}, sha256 {sighting.receipt.sha256})"


def _span(each: PossibleSightings) -> str:
    return _from_to(each.first.at, each.last.at, each.times)


def _from_to(first: datetime, last: datetime, times: int) -> str:
    return when(first) if times == 1 else f"{when(first)} to {when(last)}, {times:,} times"


def how_with_key(how: str, receipt: Receipt | None) -> str:
    """How a participant was seen, and with which API key."""
    return how if receipt is None or not receipt.key_id else f"{how}: {_key(receipt)}"


def _key(read: Receipt | RecalledFile) -> str:
    return f"key {displayed(read.key_name)} ({read.key_id})"


def _origin_lines(origin: FileOrigin) -> Iterator[str]:
    receipt = origin.receipt
    place = f"{_place(receipt.role, receipt.organisation_id)} {origin.organisation.name}".rstrip()
    yield f"{_file(receipt)} of {when(receipt.at)}, {_named(origin.user, receipt)}"
    yield f"  for {place}, as of import {receipt.import_id or 'none'}, rules version {receipt.rules_version}"
    yield f"  {_asked(receipt)}"
    if receipt.agreement_ids:
        yield f"  under agreements {', '.join(receipt.agreement_ids)}"
    yield from _gone_lines(origin)


def _gone_lines(origin: FileOrigin) -> Iterator[str]:
    if origin.gone is None:
        yield "  The participants it held are no longer known."
        return
    yield f"  Rows that have left the scope since: {len(origin.gone):,}"
    for gone in origin.gone:
        row = "" if gone.row is None else f"row {gone.row:,}: "
        yield f"    {row}participant {gone.participant_id}"


def _file(receipt: Receipt) -> str:
    return f"page read with {_key(receipt)}" if receipt.key_id else f"{receipt.kind.value} file"


def _named(user: User | None, receipt: Receipt) -> str:
    if receipt.kind is FileKind.DECISIONS:
        return f"told the service {displayed(receipt.key_name)}"
    return "exported by an operator" if receipt.actor is None else _taken_by(user, receipt.actor)


def _taken_by(user: User | None, user_id: UserId) -> str:
    return f"taken by {_named_user(user, user_id)}"


def _named_user(user: User | None, user_id: UserId) -> str:
    return user_id if user is None else f"{displayed(user.name)} ({user.email})"


def _asked(receipt: Receipt) -> str:
    filters = ", ".join(f"{name} {word}" for name, word in receipt.filters.items()) or "no filter"
    return f"{receipt.rows:,} rows, {filters}, {'searched' if receipt.searched else 'not searched'}"


def _place(role: Role | None, organisation_id: str) -> str:
    return f"{'' if role is None else role.value}:{organisation_id}"
