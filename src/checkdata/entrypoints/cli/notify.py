"""``checkdata notify``: mail through GOV.UK Notify."""

from typing import Final

import typer

from checkdata.entrypoints.cli.exit_codes import ExitCode
from checkdata.entrypoints.cli.help import examples
from checkdata.entrypoints.cli.use_cases import composition

notify = typer.Typer(name="notify", no_args_is_help=True, help="Set up mail through GOV.UK Notify.")

_WHAT_TO_CREATE: Final = """\
Create one email template at GOV.UK Notify:

  Name:     Check data for delivery partners
  Subject:  ((subject))
  Message:  ((body))

Then set CHECKDATA_EMAIL to notify: and its template ID, and CHECKDATA_NOTIFY_KEY to an API key that is live.
Check both with: checkdata notify check

If a kind of mail is to have a template of its own, create it with the same subject and message, and add a comma, the
kind, = and its template ID to CHECKDATA_EMAIL. The kinds are:

"""


@notify.callback()
def group() -> None:
    """Set up mail through GOV.UK Notify."""


@notify.command("templates", epilog=examples("checkdata notify templates"))
def templates() -> None:
    """Show which templates to create at Notify."""
    from checkdata.entrypoints.settings.mail_account import MAILS

    typer.echo(_WHAT_TO_CREATE + "\n".join(f"  {kind}" for kind in sorted(MAILS)))


@notify.command("check", epilog=examples("checkdata notify check"))
def check() -> None:
    """Ask Notify whether it has the templates for this key. It sends no mail."""
    with composition() as composed:
        faults = composed.notify_faults()
    for fault in faults:
        typer.echo(fault, err=True)
    if faults:
        raise typer.Exit(ExitCode.DONE_WITH_REFUSALS)
    typer.echo("The key and the templates are right.")
