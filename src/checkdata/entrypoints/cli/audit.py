"""``checkdata audit …``: the log of what was done, sealed, verified and searched."""

import re
from typing import Annotated, Final

import typer

from checkdata.domain.seals import Anchor, KeptHead, Seal
from checkdata.entrypoints.cli.environment import composition
from checkdata.entrypoints.cli.exits import ExitCode
from checkdata.entrypoints.cli.help import examples

audit = typer.Typer(name="audit", no_args_is_help=True, help="The log of what was done: seal it, verify it, ask it.")

_HEAD: Final = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})")


@audit.command(epilog=examples("checkdata audit seal"))
def seal() -> None:
    """Seal what was recorded, once.

    `checkdata serve` does it all the time. What somebody is still recording is left to the next time.
    """
    events = 0
    with composition() as composed:
        while done := composed.sealing.seal_due():
            events += done.events
    typer.echo(f"{events:,} events sealed.")


@audit.command(
    epilog=examples("checkdata audit verify", "checkdata audit verify --head 48211:9f2c… (as it was printed earlier)")
)
def verify(
    *,
    head: Annotated[
        str | None,
        typer.Option("--head", metavar="NUMBER:DIGEST", help="A head noted earlier, which must still be there."),
    ] = None,
) -> None:
    """Hold every event of the log against its seal, and name those that were changed, removed or put in.

    Ends with 1 where one was. The head that it prints is the newest seal: note it elsewhere and give it with --head
    the next time, for a log that was cut off at its end is whole in itself.
    """
    with composition() as composed:
        found = composed.sealing.verify(kept=_kept(head))
    for fault in found.faults:
        typer.echo(fault.sentence)
    typer.echo(f"{found.sealed:,} events are sealed, {found.waiting:,} wait to be sealed.")
    if found.head is not None:
        typer.echo(f"Head: {_word(found.head)}")
    if found.faults:
        raise typer.Exit(ExitCode.DONE_WITH_REFUSALS)
    typer.echo("Nothing was changed after it was sealed.")


def _kept(head: str | None) -> KeptHead | None:
    if head is None:
        return None
    found = _HEAD.fullmatch(head)
    if found is None:
        raise typer.BadParameter("A head is a number, a colon and 64 hexadecimal digits, as `audit verify` prints it.")
    return KeptHead(int(found[1]), found[2])


def _word(head: Seal | Anchor) -> str:
    return f"{head.number}:{head.digest}"
