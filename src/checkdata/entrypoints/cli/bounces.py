"""``checkdata bounced``: mail that came back."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from checkdata.domain.errors import ChangeRefused
from checkdata.domain.services.mail.record_bounces import NoticeKind
from checkdata.entrypoints.cli.exit_codes import ExitCode
from checkdata.entrypoints.cli.use_cases import composition


def bounced(
    mails: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE", help="Mails, one a file; where none is named, one from the standard input."),
    ] = None,
) -> None:
    """Note which of our mails came back, so that a user's page tells support.

    Give it the mails that come to the address from which the service sends: each as it comes in, from the mail
    server, or those of a folder now and then. The same mail twice notes nothing twice.
    """
    with composition() as composed:
        notices = composed.record_bounces.note(_read(mails))
    noted, unknown = notices.count(NoticeKind.NOTED), notices.count(NoticeKind.UNKNOWN)
    others = notices.count(NoticeKind.NO_BOUNCE)
    typer.echo(f"{noted:,} noted, {unknown:,} of mails that are not known here, {others:,} no notice of a bounce.")
    if noted < len(notices):
        raise typer.Exit(ExitCode.DONE_WITH_REFUSALS)


def _read(mails: list[Path] | None) -> Iterator[bytes]:
    if not mails:
        yield sys.stdin.buffer.read()
    for path in mails or ():
        try:
            mail = path.read_bytes()
        except OSError as error:
            raise ChangeRefused(f"{path} can't be read: {error.strerror}.") from None
        yield mail
