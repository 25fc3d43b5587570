"""``checkdata conformance``: whether an implementation of the rules in another language agrees with this one."""

import math
import sys
from enum import Enum
from typing import Annotated

import typer

from checkdata.entrypoints.cli.exit_codes import ExitCode
from checkdata.entrypoints.cli.help import examples
from checkdata.entrypoints.conformance.differing_cases import differing_cases
from checkdata.entrypoints.conformance.vectors import VECTORS, cases

conformance = typer.Typer(name="conformance")


class Kind(Enum):
    """What is asked for."""

    DAY = "day"
    DECISION = "decision"
    RECORD = "record"
    ROWS = "rows"
    STATUS = "status"


@conformance.callback(
    invoke_without_command=True,
    epilog=examples(
        "checkdata conformance --command 'node examples/javascript/answer.mjs'",
        "checkdata conformance --command 'ruby rules.rb' --only decision --only rows",
        "checkdata conformance vectors > vectors-1.json",
    ),
)
def hold_to_vectors(
    context: typer.Context,
    *,
    command: Annotated[
        str, typer.Option("--command", metavar="COMMAND", help="What to start; without a shell, in this folder.")
    ] = "",
    only: Annotated[list[Kind] | None, typer.Option("--only", help="Only these questions; all unless set.")] = None,
    wait: Annotated[float, typer.Option("--wait", metavar="SECONDS", min=0.1, help="For each answer.")] = 10,
) -> None:
    """Hold an implementation of the rules, in any language, to the vectors of this version.

    The command is started once. It reads questions from its standard input, a line of JSON each, and writes a line of
    JSON for each to its standard output; docs/conformance.md has what is asked and answered. This ends with 1 if an
    answer differs, with 2 if the command can't be started, with 3 if it does not answer.
    """
    if context.invoked_subcommand is not None:
        return
    if not command:
        raise typer.BadParameter("Name the command that answers, with --command.")
    if not math.isfinite(wait):
        raise typer.BadParameter("--wait must be a number of seconds.")
    asked = cases(kind.value for kind in only or ())
    differing = 0
    for case, found in differing_cases(asked, command, wait):
        differing += 1
        typer.echo(f"{case.id} ({'; '.join(case.edges)})")
        for sentence in found:
            typer.echo(f"  {sentence}")
    if differing:
        typer.echo(f"{differing:,} of {len(asked):,} answers differ.")
        raise typer.Exit(ExitCode.DONE_WITH_REFUSALS)
    typer.echo(f"All {len(asked):,} answers are those of the rules.")


@conformance.command("vectors", epilog=examples("checkdata conformance vectors > vectors-1.json"))
def write_vectors() -> None:
    """Write the vectors to standard output: questions, and the answers of the rules of this version."""
    sys.stdout.buffer.write(VECTORS.read_bytes())
