"""Each process loads no more than it needs: a command starts sooner, and a worker is smaller."""

import subprocess
import sys
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Final

import pytest

from checkdata.entrypoints.cli.exit_codes import ExitCode
from tests.integration.cli.command import Command

PAGES: Final = {"starlette", "uvicorn", "checkdata.entrypoints.web.app", "checkdata.entrypoints.http"}
MAIL: Final = {"checkdata.adapters.email", "jinja2", "smtplib"}
FEEDS: Final = {"checkdata.adapters.feed", "checkdata.adapters.sql.feed_store"}
LISTS: Final = {"checkdata.adapters.spreadsheets", "cryptography"}
WATCHERS: Final = {"prometheus_client", "sentry_sdk", "opentelemetry", "google", "requests"}
OTHERS: Final = {"alembic", "distributed", "psycopg", "rich"}

RUN: Final = """
import sys
from checkdata.entrypoints.cli import main
try:
    main()
except SystemExit as ended:
    code = ended.code
print(*sys.modules)
sys.exit(code)
"""


def loaded_by(script: str, *arguments: str, command: Command | None = None) -> set[str]:
    """The modules that a new interpreter has loaded once it has run a script."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", script, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=None if command is None else dict(command.environment),
    )
    assert done.returncode in {0, ExitCode.DONE_WITH_REFUSALS}, done.stderr
    return set(done.stdout.splitlines()[-1].split())


def test_help_does_not_wait_for_what_commands_load() -> None:
    loaded = loaded_by(f"import sys; sys.argv = ['checkdata', '--help']; {RUN}")
    assert loaded & (PAGES | MAIL | FEEDS | LISTS | OTHERS | {"sqlalchemy"}) == set()


def test_a_worker_that_answers_pages_holds_nothing_of_mail_and_feeds() -> None:
    loaded = loaded_by("import checkdata.entrypoints.composition.web, sys; print(*sys.modules)")
    assert loaded >= {"starlette", "checkdata.entrypoints.web.app"}
    assert loaded & (FEEDS | {"checkdata.adapters.email", "smtplib", "typer"} | OTHERS) == set()


def test_a_worker_that_nobody_watches_holds_nothing_of_those_who_would(command: Command) -> None:
    making = "from checkdata.entrypoints.composition.web import web_app_from_environment; web_app_from_environment()"
    loaded = loaded_by(f"import sys; {making}; print(*sys.modules)", command=command)
    assert "checkdata.entrypoints.web.measured_requests" in loaded
    assert loaded & WATCHERS == set()


def test_a_worker_of_an_export_holds_only_a_storage_and_a_folder() -> None:
    loaded = loaded_by("import checkdata.entrypoints.composition.loaded_export_worker, sys; print(*sys.modules)")
    assert {"checkdata.adapters.sql", "checkdata.adapters.export_folder"} <= loaded
    others = {"typer", "checkdata.adapters.tokens", "checkdata.entrypoints.composition.service"}
    assert loaded & (PAGES | MAIL | FEEDS | LISTS | OTHERS | others) == set()


def test_an_export_by_workers_leaves_the_database_to_them(on_sqlite: Command) -> None:
    loaded = loaded_by(
        RUN, "export", "--out", f"{on_sqlite.folder}/exports", "--all", "--workers", "2", command=on_sqlite
    )
    assert loaded & {"sqlalchemy", "checkdata.adapters.sql", "psycopg"} == set()


@pytest.fixture
def on_sqlite(command: Command, migrated_sqlite_url: str) -> Command:
    """Commands on an empty SQLite database."""
    command.variables["CHECKDATA_DATABASE_URL"] = migrated_sqlite_url
    return command


@pytest.mark.parametrize(
    ("arguments", "needed", "not_needed"),
    [
        ("export --out {folder}/exports --all", set(), PAGES | MAIL | FEEDS | LISTS | OTHERS),
        ("import {feed}", FEEDS, PAGES | MAIL | LISTS | OTHERS),
        ("refresh", {"checkdata.adapters.sql.feed_store"}, PAGES | MAIL | LISTS | OTHERS),
        ("send", MAIL, PAGES | FEEDS | LISTS | OTHERS),
        ("bounced {feed}/schools.csv", {"checkdata.adapters.email"}, PAGES | FEEDS | LISTS | OTHERS),
        ("audit seal", set(), PAGES | MAIL | FEEDS | LISTS | OTHERS),
        ("users list", set(), PAGES | MAIL | FEEDS | LISTS | OTHERS),
        ("purge", set(), PAGES | MAIL | FEEDS | LISTS | OTHERS),
    ],
    ids=lambda value: value.split()[0] if isinstance(value, str) else "",
)
def test_a_command_loads_only_what_it_needs(
    on_sqlite: Command, feed: Path, arguments: str, needed: AbstractSet[str], not_needed: AbstractSet[str]
) -> None:
    given = arguments.format(folder=on_sqlite.folder, feed=feed).split()
    loaded = loaded_by(RUN, *given, command=on_sqlite)
    assert needed <= loaded
    assert loaded & not_needed == set()
