"""Recalled files in the words of pages: of their holders, and of support."""

from collections.abc import Iterable, Sequence

from attrs import frozen

from checkdata.domain.audit.recalls import RecalledFile
from checkdata.domain.audit.receipts import FileKind
from checkdata.domain.mail_records import DEAD_LETTERS, MailRecord
from checkdata.domain.services.audit.confirm_deletion import FileToDelete, RecalledFrom
from checkdata.domain.values import london_date
from checkdata.entrypoints.web.presentation.days_and_times import counted, day_and_time, exact_time
from checkdata.entrypoints.web.presentation.downloads import file_name
from checkdata.entrypoints.web.presentation.names import with_role
from checkdata.entrypoints.web.presentation.tracing import OPERATOR, what_left


@frozen(kw_only=True)
class LineToDelete:
    """A file that its holder has to delete: when they took it, what it is and how it was named, and for whom.

    A copy that a program keeps has no name and no number of rows: "".
    """

    when: str
    what: str
    name: str
    organisation: str
    rows: str


@frozen(kw_only=True)
class RecalledLine:
    """A recalled file for support: who has it, with the id of their page ("" for none), and what became of it.

    ``file_id`` is "" once it is deleted.
    """

    file_id: str
    when: str
    who: tuple[str, str]
    what: str
    rows: str
    state: str
    colour: str
    why: str


def lines_to_delete(held: Iterable[FileToDelete]) -> Sequence[LineToDelete]:
    """What a holder has to delete; once where it left under several agreements."""
    return [
        LineToDelete(
            when=day_and_time(each.file.left_at),
            what=what_left(each.file),
            name=""
            if each.file.key_id
            else file_name(each.organisation, london_date(each.file.left_at), each.file.kind),
            organisation=with_role(each.organisation),
            rows=_rows(each.file),
        )
        for each in {each.file.left_as: each for each in held}.values()
    ]


def recalled_lines(files: Iterable[RecalledFrom]) -> Sequence[RecalledLine]:
    """What became of each file of a recall."""
    return [_line(each) for each in files]


def _line(each: RecalledFrom) -> RecalledLine:
    file, deleted_at = each.file, each.file.deleted_at
    if deleted_at is not None:
        by = "by its holder" if file.told_by == file.holder and file.holder is not None else "by support"
        state, colour, why = "Deleted", "green", f"Confirmed {by}, {day_and_time(deleted_at)}"
    else:
        state, colour, why = "Not confirmed", "red", _why_not(each)
    return RecalledLine(
        file_id="" if deleted_at is not None else file.id,
        when=exact_time(file.left_at),
        who=_who(each),
        what=what_left(file),
        rows=_rows(file),
        state=state,
        colour=colour,
        why=why,
    )


def _rows(file: RecalledFile) -> str:
    """How many rows a file has; a copy has those of many pages."""
    return "" if file.key_id else f"{file.rows:,}"


def _who(each: RecalledFrom) -> tuple[str, str]:
    if each.holder is not None:
        return each.holder.name, each.holder.id
    return each.file.holder or each.file.key_name or OPERATOR, ""


def _why_not(each: RecalledFrom) -> str:
    if each.file.kind is FileKind.DECISIONS:
        return "Another service was told of them: ask the team that runs it"
    if each.file.holder is None:
        return "An operator exported it: ask those who received it"
    if each.holder is None or each.holder.suspended:
        return "Suspended, so they are not mailed and cannot confirm: ask them in another way"
    if each.file.asked_at is None:
        return "Not asked yet"
    asked = f"Asked {counted(each.file.asked, 'time', 'times')}, last {day_and_time(each.file.asked_at)}"
    return f"{asked}. The mail did not reach them: ask them in another way" if _is_lost(each.mail) else asked


def _is_lost(mail: MailRecord | None) -> bool:
    return mail is not None and mail.state in DEAD_LETTERS
