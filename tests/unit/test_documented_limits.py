"""The numbers of docs/limits.md and docs/waits.md are those of the code, so that none is changed by mistake."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from checkdata.adapters.email import notify
from checkdata.adapters.email import smtp_time_limit as smtp
from checkdata.adapters.feed.rows import LONGEST_ROW
from checkdata.adapters.openid import provider as openid
from checkdata.adapters.spreadsheets import limits as lists
from checkdata.adapters.sql.waits import (
    JOBS,
    KEEPALIVE,
    KEPT_CONNECTIONS,
    MORE_CONNECTIONS,
    PAGES,
    PROBES,
    SILENCE_RETRY_SECONDS,
    UNACKNOWLEDGED_SECONDS,
    Waits,
)
from checkdata.adapters.trs import connection as trs
from checkdata.adapters.trs.webhooks import OLDEST
from checkdata.domain.listing.searches import LONGEST_LIST, LONGEST_SEARCH, MOST_NUMBERS, MOST_TERMS
from checkdata.domain.reconciliation.time_limit import MOST_TIME
from checkdata.domain.reconciliation.uploaded_list import MOST_COLUMNS, MOST_ROWS
from checkdata.domain.services.mail.send_mail import CLAIMED_FOR, HELD_BACK_FOR, STORAGE_AGAIN
from checkdata.entrypoints.counted_requests import WINDOW
from checkdata.entrypoints.decision_point import limits as asked
from checkdata.entrypoints.http import limits as http
from checkdata.entrypoints.web.api.limits import AT_ONCE, READS_IN_A_WINDOW
from checkdata.entrypoints.web.files.downloads_at_once import MADE_AT_ONCE
from checkdata.entrypoints.web.files.making_file import TURN_SECONDS
from checkdata.entrypoints.web.pages.health import LONGEST_SECONDS
from checkdata.entrypoints.web.security.lists_at_once import LISTS_AT_ONCE, MOST_LISTS, MOST_OF_ONE
from checkdata.entrypoints.web.security.query_and_form_fields import LARGEST_BODY

DOCS: Final = Path(__file__).parents[2] / "docs"
KIB: Final = 1024
IN_WORDS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")

LIMITS: Final = (
    (
        f"up to {http.LARGEST_HEAD / KIB:g} KiB before its body, {http.LONGEST_LINE / KIB:g} KiB of them its first "
        f"line, and {http.MOST_HEADERS} headers"
    ),
    (
        f"it comes within {http.HEAD_SECONDS:g} seconds, and its body with at least {http.SLOWEST_BODY / KIB:g} KiB a "
        f"second and within {http.BODY_SECONDS / 60:g} minutes"
    ),
    f"takes nothing of an answer for {http.UNREAD_SECONDS:g} seconds is cut off",
    f"A connection without requests is closed after {http.IDLE_SECONDS:g}",
    f"A worker holds {http.MOST_CONNECTIONS} connections",
    f"after {http.DEPARTED_SECONDS:g} seconds, the service sends it `100 Continue`",
    f"| a row of a feed | {LONGEST_ROW:,} characters",
    (
        f"| a user's list | {lists.MOST_BYTES / 10**6:g} MB, {MOST_ROWS:,} rows of {MOST_COLUMNS} columns, "
        f"{lists.MOST_UNPACKED / 10**6:g} MB unpacked, {lists.LONGEST_TOKEN / KIB:g} KiB a token, {MOST_TIME.seconds} "
        "seconds |"
    ),
    f"| {IN_WORDS[LISTS_AT_ONCE]} worked on, {IN_WORDS[MOST_LISTS]} taken in, {IN_WORDS[MOST_OF_ONE]} of a session |",
    f"| a webhook of the TRS | {LARGEST_BODY / KIB:g} KiB, for {OLDEST / timedelta(minutes=1):g} minutes after it was",
    f"| an answer of the TRS | {trs.LARGEST_ANSWER / KIB**2:g} MiB",
    f"| an answer of the mail server | {smtp.LARGEST_ANSWER / KIB:g} KiB",
    (
        f"| requests with an API key, in a process | {READS_IN_A_WINDOW} in {WINDOW.seconds} seconds, "
        f"{IN_WORDS[AT_ONCE]} at once |"
    ),
    (
        f"| requests to the decision point with a key, in a process | {asked.MOST_REQUESTS.in_a_window:,} in "
        f"{WINDOW.total_seconds():g} seconds, {asked.MOST_REQUESTS.at_once} at once |"
    ),
    f"| a request to the decision point | {asked.LARGEST_BODY / KIB:g} KiB, {asked.MOST_EVALUATIONS} evaluations |",
    f"| a page of its searches | {asked.LARGEST_PAGE:,} results, {asked.PAGE_SIZE} unless asked for |",
    f"| a search | {LONGEST_SEARCH} characters, {MOST_TERMS} different words |",
    f"| a list of TRNs as a search | {MOST_NUMBERS:,} different numbers, {LONGEST_LIST:,} characters |",
)


def in_words(seconds: float) -> str:
    """A length of time as the tables have it."""
    for unit, long in (("h", 3600), ("min", 60)):
        if seconds >= 2 * 300 and seconds % long == 0:
            return f"{seconds / long:g} {unit}"
    return f"{seconds:g} s"


def of_each(name: str, wait: Callable[[Waits], float]) -> str:
    """A row of the table of the database's waits."""
    return f"| {name} | {' | '.join(in_words(wait(waits)) for waits in (PAGES, JOBS, PROBES))} |"


WAITS: Final = (
    of_each("for a connection (PostgreSQL)", lambda waits: waits.connect),
    f"| for one of the process's own connections | {PAGES.pool} s | {JOBS.pool} s | none kept |",
    of_each("for a lock of a row or a table", lambda waits: waits.lock),
    of_each("for a statement", lambda waits: waits.statement),
    f"| for a COPY, of a download or an export | {PAGES.copy} s | {in_words(JOBS.copy)} |",
    of_each("for the next statement of a transaction", lambda waits: waits.idle),
    of_each("for the write lock of SQLite", lambda waits: waits.write_lock),
    f"once the server was silent to any connection | {' | '.join([f'{SILENCE_RETRY_SECONDS:g} s'] * 3)} |",
    f"| until a probe has an answer | | | {LONGEST_SECONDS:g} s |",
    f"keepalives after {KEEPALIVE['idle']} s, {IN_WORDS[KEEPALIVE['count']]} of them {KEEPALIVE['interval']} s apart",
    f"sent bytes that are not acknowledged for {UNACKNOWLEDGED_SECONDS} s",
    f"| for a head, from its first byte to its last | {http.HEAD_SECONDS:g} s |",
    f"| for the next request of a connection | {http.IDLE_SECONDS:g} s |",
    (
        f"| for a body in all; as long as {http.SLOWEST_BODY / KIB:g} KiB a second comes | {http.BODY_SECONDS:g} s; "
        f"{http.BODY_GRACE_SECONDS:g} s behind |"
    ),
    f"| for a client whose system takes nothing of its answer | {http.UNREAD_SECONDS:g} s |",
    f"it went on after {http.STOOD_SECONDS:g} s or more | {http.SLOW_SECONDS:g} s |",
    f"| for an answer to begin, where the client sends no more | {http.DEPARTED_SECONDS:g} s |",
    f"| for what a refused client still sends | {http.LINGER_SECONDS:g} s |",
    f"| for one of the {IN_WORDS[MADE_AT_ONCE]} downloads that are read from storage at a time | {TURN_SECONDS:g} s |",
    f"| for a list to be read, and to be compared | {MOST_TIME.seconds} s each |",
    f"| for an event loop that stands still | {http.STANDSTILL_SECONDS:g} s |",
    f"| for a worker to begin | {http.START_SECONDS:g} s |",
    (
        f"| for requests, once the process was told to stop | {http.GRACE_SECONDS:g} s, a worker "
        f"{http.WORKER_END_SECONDS:g} s |"
    ),
    f"| for all of that | {http.END_SECONDS:g} s |",
    f"| for a connection, at each address of the server | {smtp.CONNECT_SECONDS:g} s |",
    f"| for each answer of the server | {smtp.PATIENCE_SECONDS:g} s |",
    f"| for a conversation in all | {smtp.WHOLE_SECONDS:g} s |",
    f"| for a connection to Notify, and for each part of its answer | {notify.PATIENCE_SECONDS:g} s |",
    f"| for a connection to the TRS, and for each part of its answer | {trs.PATIENCE_SECONDS:g} s |",
    f"| for a request to the TRS in all | {trs.WHOLE_SECONDS:g} s |",
    f"| before it is asked again, if it says how long | {trs.LONGEST_WAIT_SECONDS:g} s |",
    f"| for a request to Notify in all | {notify.WHOLE_SECONDS:g} s |",
    f"| for a connection to the provider, and for each part of its answer | {openid.PATIENCE_SECONDS:g} s |",
    f"| for a request to the provider in all | {openid.WHOLE_SECONDS:g} s |",
    f"| where Notify takes no mail at all | {HELD_BACK_FOR.seconds} s |",
    f"asked every {STORAGE_AGAIN.seconds} s, until {CLAIMED_FOR / timedelta(minutes=1):g} min after",
    f"at most {KEPT_CONNECTIONS + MORE_CONNECTIONS} connections to its database, {IN_WORDS[KEPT_CONNECTIONS]} that it",
)


@pytest.mark.parametrize(
    ("document", "sentence"),
    [*(("limits.md", sentence) for sentence in LIMITS), *(("waits.md", sentence) for sentence in WAITS)],
)
def test_the_documents_say_the_limits_and_waits_of_the_code(document: str, sentence: str) -> None:
    assert sentence in " ".join((DOCS / document).read_text("utf-8").split())
