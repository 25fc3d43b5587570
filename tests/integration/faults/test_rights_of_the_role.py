"""Fault 13: the service's role could act as any user. It may do what pages and commands do, and nothing more."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from checkdata.adapters.sql.rights import COUNTED, RIGHTS, RIGHTS_IN_A_GENERATION
from tests.integration.faults.used_privileges import ANY, NOTES

HOUSE: Final = Path(__file__).parents[3]
BEHAVIOUR: Final = ("tests/integration/web", "tests/integration/cli", "tests/integration/test_sending_mail.py")
"""All that pages do, all that commands do, and mail."""

NOT_BY_THE_ROLE: Final = (
    *("sqlite", "demo", "cluster", "terminal", "killed", "memory", "secrecy", "headers", "head_requests"),
    *("test_program", "loaded_modules", "broken_downloads", "error_pages", "elsewhere", "rules_of_access"),
)
"""Words in the names of tests that need no PostgreSQL, are refused before storage, or do again what others do."""

Rights = set[tuple[str, str]]


@pytest.fixture(scope="module")
def needed(tmp_path_factory: pytest.TempPathFactory) -> Rights:
    """What PostgreSQL was asked for while the tests of pages and commands ran as the service's role.

    A few of them are only about memory and fail over PostgreSQL; what was asked for and refused is noted too.
    """
    notes = tmp_path_factory.mktemp("notes") / "needed.json"
    left_out = " and ".join(f"not {word}" for word in NOT_BY_THE_ROLE)
    plugin = ("-p", "tests.integration.faults.used_privileges", "-p", "no:cacheprovider")
    command = [sys.executable, "-m", "pytest", "-q", *plugin, "-k", left_out, *BEHAVIOUR]
    variables = {**os.environ, NOTES: str(notes)}
    subprocess.run(command, cwd=HOUSE, env=variables, capture_output=True, check=False)  # noqa: S603 - our own tests
    return {(table, privilege) for table, privilege in json.loads(notes.read_text("utf-8"))}


@pytest.fixture(scope="module")
def granted() -> Rights:
    given = {**RIGHTS, **RIGHTS_IN_A_GENERATION}
    columns = {(table, f"UPDATE ({column})") for table, rights in given.items() for column in rights.changes}
    whole = {(table, right) for table, rights in given.items() for right in rights.granted() if "(" not in right}
    counted = {(sequence, "SELECT") for sequence, privileges in COUNTED.items() if "SELECT" in privileges}
    return columns | whole | counted


def test_what_is_granted_is_what_is_needed(needed: Rights, granted: Rights) -> None:
    locked = {(table, ANY) for table, rights in RIGHTS.items() if rights.changes}
    missing, unused = sorted(needed - granted - locked), sorted(granted - needed)
    assert not missing, f"add to checkdata/adapters/sql/rights.py, if pages need it: {missing}"
    assert not unused, f"take out of checkdata/adapters/sql/rights.py, or test what needs it: {unused}"
