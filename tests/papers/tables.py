"""What is logged and stored, and for how long, as tables in Markdown."""

import json
import logging
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from sqlalchemy import Table

from checkdata.adapters.sql.generation_schema import generation
from checkdata.adapters.sql.schema import metadata
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import StorageUnavailable
from checkdata.entrypoints.json_log import JsonLines
from checkdata.entrypoints.request_ids import begin_request
from checkdata.entrypoints.settings.every import SETTINGS
from checkdata.entrypoints.web.presentation.audit_sentences import SENTENCES
from tests.documents import DOCS, ROOT
from tests.papers.stored import LOGGERS, STORED

DOCUMENT: Final = DOCS / "papers" / "what-is-kept.md"

_WORDS: Final = {
    "who": "a user",
    "about": "a user",
    "of_about": " of a user",
    "to_about": " to a user",
    "organisation": "an organisation",
    "acting": " for an organisation",
    "participant": "by its id",
    "participants": "how many participants",
    "found": "how many",
    "rows": "how many rows",
    "file": "its kind",
    "key": "by its name",
    "given": "",
    "why": ", with a reason",
}
"""What stands for the words of an event in its sentence."""


def events() -> str:
    """Each kind of event of the audit log."""
    return _table(("kind", "what happened"), ((f"`{kind.value}`", _sentence(SENTENCES[kind])) for kind in AuditKind))


def loggers() -> str:
    """Each logger of the process log."""
    return _table(("logger", "what it tells of"), ((f"`{name}`", LOGGERS[name]) for name in sorted(loggers_of_code())))


def fields() -> str:
    """The fields of a line of the process log."""
    return ", ".join(f"`{name}`" for name in _a_line())


def kept() -> str:
    """Each setting that says how long something is kept, and its length unless set."""
    rows = (
        (f"`{each.name}`", each.meaning, f"{each.unless_set} {each.values.split()[-1]}")
        for each in SETTINGS.values()
        if "purge" in each.needed_by and " kept" in each.meaning
    )
    return _table(("setting", "what it decides", "unless set"), rows)


def stored() -> str:
    """Each table of the database, whose data it has, until when, and its columns."""
    rows = ((f"`{table.name}`", *STORED[table.name], _columns(table)) for table in tables())
    return _table(("table", "about whom", "kept until", "columns"), rows)


def tables() -> Iterable[Table]:
    """Every table that the service makes."""
    return [*metadata.tables.values(), *generation.tables.values()]


def loggers_of_code() -> frozenset[str]:
    """The names of the service's loggers."""
    code = (path.read_text("utf-8") for path in (ROOT / "src").rglob("*.py"))
    return frozenset(name for text in code for name in re.findall(r'getLogger\("(checkdata\.[a-z_.]+)"', text))


def _sentence(sentence: str) -> str:
    told = sentence.format_map(_WORDS)
    return f"{told[0].upper()}{told[1:]}"


def _a_line() -> Iterable[str]:
    begin_request("0123456789abcdef")
    error = StorageUnavailable("busy", cause="busy", code="55P03")
    told = (type(error), error, None)
    record = logging.LogRecord("checkdata.web", logging.INFO, "", 1, "request", (), told)
    record.details = {"status": 200}
    told_fields: dict[str, object] = json.loads(JsonLines().format(record))
    return told_fields


def _columns(table: Table) -> str:
    return ", ".join(f"`{column.name}`" for column in table.columns)


def _table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [headings, ("---",) * len(headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


TABLES: Final[Mapping[str, Callable[[], str]]] = {
    "events": events,
    "loggers": loggers,
    "fields": fields,
    "kept": kept,
    "stored": stored,
}
