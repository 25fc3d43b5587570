"""A statement of who has seen one participant: what a teacher who asks is given (service rule 15).

It names users by name, and not by address, because a teacher needs to know who saw them, and no more of that person.
"""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from attrs import frozen

from checkdata.domain.audit.statement_seals import TITLE
from checkdata.domain.audit.tracing import SightingKind
from checkdata.domain.listing.columns import csv_writer, neutralised
from checkdata.domain.people.organisations import Agreement, Role
from checkdata.domain.typed_text import displayed
from checkdata.domain.values import ParticipantId

LINE_COLUMNS: Final = (
    *("From", "To", "Times", "Seen", "Who", "Role", "Organisation", "Organisation id", "How"),
    *("Under agreements, as then known", "SHA-256 of the file"),
)
"""The columns of the lines of a statement."""

HOW_SEEN: Final[Mapping[SightingKind, str]] = {
    SightingKind.OWN_PAGE: "Opened their page",
    SightingKind.FILE: "Took a file that held them",
    SightingKind.BY_KEY: "A program read them with an API key",
    SightingKind.BY_SERVICE: "Another service was told that they may be seen",
    SightingKind.LIST: "Looked at a list",
    SightingKind.CHANGES: "Looked at what changed",
    SightingKind.RECONCILED: "Compared a list of their own",
    SightingKind.BROKEN_OFF: "Began a download that was not completed",
}
_ROLES: Final[Mapping[Role | None, str]] = {
    None: "",
    Role.DELIVERY_PARTNER: "Delivery partner",
    Role.APPROPRIATE_BODY: "Appropriate body",
    Role.SUPPORT: "Support",
    Role.POLICY: "Policy",
}
_LONDON: Final = ZoneInfo("Europe/London")
_BYTE_ORDER_MARK: Final = "\ufeff"


@frozen(kw_only=True)
class StatementLine:
    """One user who saw the participant, or may have, in one way: from first to last, and how often.

    ``who`` is their name, their id where they are gone, or says that it was an operator. ``agreements`` are words of
    the agreements that allowed it, as they were known then. ``sha256`` is the file's, "" where there was none.
    """

    first: datetime
    last: datetime
    times: int
    certain: bool
    who: str
    role: Role | None
    organisation: str
    organisation_id: str
    how: SightingKind
    agreements: tuple[str, ...]
    sha256: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        """What the line says, by `LINE_COLUMNS`."""
        return (
            exact_moment(self.first),
            exact_moment(self.last),
            str(self.times),
            "Certainly" if self.certain else "Possibly",
            self.who,
            _ROLES[self.role],
            self.organisation,
            self.organisation_id,
            HOW_SEEN[self.how],
            "; ".join(self.agreements),
            self.sha256,
        )


@frozen(kw_only=True)
class Statement:
    """Who saw a participant, from ``start`` on and before ``end`` (None: no limit), as the log told it then.

    ``kept_from`` is the moment before which the log was purged, None where nothing was; ``head`` is the newest seal of
    the log, as `checkdata audit verify` prints it, "" where nothing was sealed yet.
    """

    participant_id: ParticipantId
    made_at: datetime
    start: datetime | None
    end: datetime | None
    kept_from: datetime | None
    head: str
    lines: Sequence[StatementLine]

    @property
    def facts(self) -> Sequence[tuple[str, str]]:
        """What it says of itself, above its lines."""
        return [
            ("Participant", self.participant_id),
            ("Made at", exact_moment(self.made_at)),
            ("From", "The beginning of the log" if self.start is None else exact_moment(self.start)),
            ("Before", "The time it was made" if self.end is None else exact_moment(self.end)),
            (
                "Log deleted before",
                "Nothing was deleted from the log" if self.kept_from is None else exact_moment(self.kept_from),
            ),
            ("Newest seal of the log", self.head or "Nothing was sealed yet"),
            ("Lines", str(len(self.lines))),
        ]


def statement_csv(statement: Statement) -> bytes:
    """The statement as CSV with a byte-order mark, without its seal; no spreadsheet runs a cell of it."""
    text = io.StringIO(newline="")
    text.write(_BYTE_ORDER_MARK)
    csv_writer(text).writerows(map(_safe, _rows(statement)))
    return text.getvalue().encode()


def agreement_in_words(terms: Agreement) -> str:
    """An agreement by its id, and its terms."""
    last = "with no end" if terms.last_day is None else f"to {terms.last_day.isoformat()}"
    years = terms.first_academic_year, terms.last_academic_year
    covered = "all academic years" if years == (None, None) else f"academic years {_span(*years)}"
    return f"{terms.id} with {terms.lead_provider_id}, from {terms.starts_on.isoformat()} {last}, {covered}"


def exact_moment(moment: datetime) -> str:
    """A moment in London to the second, with its difference from UTC."""
    return moment.astimezone(_LONDON).isoformat(sep=" ", timespec="seconds")


def _span(first: int | None, last: int | None) -> str:
    return f"{'up' if first is None else first} to {'later' if last is None else last}" if first != last else f"{first}"


def _rows(statement: Statement) -> Iterator[Iterable[str]]:
    yield (TITLE,)
    yield from statement.facts
    yield LINE_COLUMNS
    yield from (line.cells for line in statement.lines)


def _safe(row: Iterable[str]) -> list[str]:
    return [neutralised(displayed(cell)) for cell in row]
