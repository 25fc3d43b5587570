"""What users at a terminal see: a table and a moving bar, where a script gets plain lines."""

import os
import pty
import re
import subprocess
from pathlib import Path

import pytest

from tests.integration.cli.command import PROGRAM, Command


@pytest.fixture
def on_sqlite(command: Command, loaded_sqlite: Path, tmp_path: Path) -> Command:
    (tmp_path / "checkdata.sqlite").write_bytes(loaded_sqlite.read_bytes())
    command.variables |= {"CHECKDATA_DATABASE_URL": f"sqlite:///{tmp_path}/checkdata.sqlite", "TERM": "xterm"}
    return command


def shown(command: Command, *arguments: str) -> str:
    """All that a terminal is sent while the command runs."""
    ours, theirs = pty.openpty()
    environment = {**command.environment, "COLUMNS": "160"}
    command_line = [*PROGRAM, *arguments]
    with subprocess.Popen(command_line, env=environment, stdin=theirs, stdout=theirs, stderr=theirs) as process:  # noqa: S603
        os.close(theirs)
        sent = b""
        while chunk := _read(ours):
            sent += chunk
    os.close(ours)
    assert process.returncode == 0, sent
    return sent.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux: every process at the other end has gone
        return b""


def test_users_are_listed_in_a_table(on_sqlite: Command) -> None:
    on_sqlite.done(
        *("users", "add", "--email", "jo@hub.example", "--name", "[bold]Jo", "--role", "support", "--reason", "Why")
    )
    table = shown(on_sqlite, "users", "list")
    lines = [" ".join(line.split()) for line in re.sub(r"\x1b\[[0-9;?]*[a-z]", "", table).splitlines()]
    assert "┃ Email ┃ Name ┃ Role ┃ Organisation ┃ Since ┃ Confirmed by ┃ State ┃" in lines
    assert any(line.startswith("│ jo@hub.example │ [bold]Jo │ support │ Support │ 20") for line in lines)


def test_an_import_moves_a_bar_and_leaves_the_counts(on_sqlite: Command, feed: Path) -> None:
    sent = shown(on_sqlite, "import", str(feed))
    assert "\x1b[" in sent
    assert "Deriving statuses" in sent
    assert "Nothing changed." in sent


def test_an_export_moves_a_bar_and_leaves_the_counts(on_sqlite: Command, tmp_path: Path) -> None:
    sent = shown(on_sqlite, "export", "--out", str(tmp_path / "exports"), "--all")
    assert "Writing files" in sent
    assert "6 files with " in sent
