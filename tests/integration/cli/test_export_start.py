"""How an export with workers of its own starts."""

import subprocess
import sys

from checkdata.entrypoints.composition import fork_server

STARTED = """
import sys
from checkdata.entrypoints.composition import fork_server
fork_server.load_workers_ahead = lambda: print("typer" in sys.modules, "sqlalchemy" in sys.modules)
sys.argv = ["checkdata", {words}, "--help"]
from checkdata.entrypoints.cli import main
main()
"""


def told(*words: str) -> str:
    script = STARTED.format(words=", ".join(map(repr, words)))
    done = subprocess.run([sys.executable, "-c", script], check=True, text=True, capture_output=True)  # noqa: S603
    return done.stdout.partition("Usage")[0].strip()


def test_the_process_that_workers_are_forked_from_is_started_before_the_command_loads_anything() -> None:
    assert told("export", "--all", "--workers", "2") == "False False"
    assert told("export", "--all", "--workers=2") == "False False"


def test_no_other_command_starts_it() -> None:
    assert told("export", "--all") == ""
    assert told("serve", "--workers", "2") == ""


def test_it_loads_what_a_worker_needs_and_no_command_line() -> None:
    script = (
        f"import sys, {', '.join(fork_server._LOADED)}; "  # noqa: SLF001 - what it is told to load
        "print([name for name in ('sqlalchemy', 'psycopg', 'typer', 'starlette', 'jinja2') if name in sys.modules])"
    )
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", script],
        env={"CHECKDATA_DATABASE_URL": "postgresql://nobody@/nothing"},
        check=True,
        text=True,
        capture_output=True,
    )
    assert done.stdout.strip() == "['sqlalchemy', 'psycopg']"
