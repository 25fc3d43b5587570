"""How a command ends: its exit code, and a sentence where it did not do what was asked."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Final

import typer

from checkdata.domain.errors import (
    BackupRefused,
    ChangeRefused,
    CheckdataError,
    FeedRefused,
    FolderTaken,
    ImportRunning,
    InvalidQuery,
    InvalidValue,
    StorageError,
    TeachersRefused,
)
from checkdata.entrypoints.cli.extras import needed_extra
from checkdata.entrypoints.settings.setting import WrongSetting


class ExitCode(IntEnum):
    """What a script is told (rules.md, *What answers what*)."""

    DONE = 0
    DONE_WITH_REFUSALS = 1
    REFUSED = 2
    FAILED = 3


_REFUSALS: Final = (
    WrongSetting,
    InvalidValue,
    InvalidQuery,
    BackupRefused,
    ChangeRefused,
    FeedRefused,
    FolderTaken,
    ImportRunning,
    TeachersRefused,
)
"""Errors that refuse what was asked for; every other error is a failure."""


@contextmanager
def told_to_people() -> Iterator[None]:
    """End the program with a sentence and a code if an error comes up; the sentence never shows what people typed."""
    try:
        yield
    except CheckdataError as error:
        typer.echo(f"Error: {for_operators(error)}", err=True)
        raise SystemExit(ExitCode.REFUSED if isinstance(error, _REFUSALS) else ExitCode.FAILED) from None
    except ModuleNotFoundError as missing:
        typer.echo(f"Error: {needed_extra(missing)}", err=True)
        raise SystemExit(ExitCode.REFUSED) from None
    except Exception as error:  # noqa: BLE001 - a script must not take any other error for a refusal
        frame = traceback.extract_tb(error.__traceback__)[-1]
        typer.echo(
            f"Error: something went wrong that should not: {type(error).__name__} at {frame.filename}:{frame.lineno}. "
            "Nothing more was done. Tell the people who run checkdata.",
            err=True,
        )
        raise SystemExit(ExitCode.FAILED) from None


def for_operators(error: CheckdataError) -> str:
    """Why a storage can't serve, with its code, if that is known; else the text that is safe for anyone."""
    if not isinstance(error, StorageError) or not error.cause:
        return str(error)
    if not error.code:
        return error.cause
    number = error.code if error.code.startswith("SQLITE") else f"SQLSTATE {error.code}"
    return f"{error.cause} ({number})"
