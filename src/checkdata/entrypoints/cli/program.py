"""The program: every command by its name, with examples."""

from importlib.metadata import version
from typing import Annotated

import typer

from checkdata.entrypoints.cli import serving
from checkdata.entrypoints.cli.agreements import agreements
from checkdata.entrypoints.cli.audit import audit
from checkdata.entrypoints.cli.bounces import bounced
from checkdata.entrypoints.cli.demonstrating import demo
from checkdata.entrypoints.cli.exits import told_to_people
from checkdata.entrypoints.cli.explaining import explain
from checkdata.entrypoints.cli.exports import export
from checkdata.entrypoints.cli.help import examples
from checkdata.entrypoints.cli.imports import import_feed, refresh
from checkdata.entrypoints.cli.nominations import nominations
from checkdata.entrypoints.cli.purging import purge
from checkdata.entrypoints.cli.reviewing import access
from checkdata.entrypoints.cli.tracing import seen, verify_file
from checkdata.entrypoints.cli.users import users

app = typer.Typer(
    name="checkdata",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # a sentence in a box is a sentence cut into pieces
    pretty_exceptions_enable=False,
    epilog=examples("checkdata demo", "checkdata migrate", "checkdata import feeds/march", "checkdata serve"),
)
app.command(epilog=examples("checkdata demo", "checkdata demo --port 8080 --participants 200"))(demo)
app.command(epilog=examples("checkdata migrate"))(serving.migrate)
app.command(
    "import",
    epilog=examples(
        "checkdata import feeds/march",
        "checkdata import feeds/march --strict --report /tmp/march",
        "checkdata import feeds/march --complete --allow-deletions",
    ),
)(import_feed)
app.command(epilog=examples("checkdata refresh", "checkdata refresh --today 2024-09-01"))(refresh)
app.add_typer(users)
app.command(epilog=examples("checkdata nominations", "checkdata nominations | cut -f1"))(nominations)
app.add_typer(agreements)
app.add_typer(access)
app.command(
    epilog=examples(
        "checkdata explain jo@hub.org p-000123",
        "checkdata explain jo@hub.org p-000123 --on 2024-03-01",
        "checkdata explain jo@hub.org p-000123 --role appropriate_body --organisation ab-3",
    )
)(explain)
audit.command(
    epilog=examples("checkdata audit seen p-000123", "checkdata audit seen p-000123 --from 2024-09-01 --to 2024-09-30")
)(seen)
app.add_typer(audit)
app.command(epilog=examples("checkdata purge --dry-run", "checkdata purge"))(purge)
app.command("verify", epilog=examples("checkdata verify north-hub-2024-06-03.csv"))(verify_file)
app.command(
    epilog=examples(
        "checkdata export --out exports --all",
        "checkdata export --out exports --organisation dp-12 --status checking_qts",
        "checkdata export --out exports --all --as appropriate_body",
        "checkdata export --out exports --all --workers 4",
        "checkdata export --out /shared/exports --all --cluster tcp://scheduler:8786",
    )
)(export)
app.command(epilog=examples("checkdata serve", "checkdata serve --host 0.0.0.0 --port 8080 --workers 4"))(serving.serve)
app.command(epilog=examples("checkdata send"))(serving.send)
app.command(epilog=examples("checkdata bounced < notice.eml", "checkdata bounced Maildir/new/*"))(bounced)


def main() -> None:
    """Run the command that the arguments name, and end with its exit code."""
    with told_to_people():
        app()


def _show_version(*, asked: bool) -> None:
    if asked:
        typer.echo(f"checkdata {version('checkdata')}")
        raise typer.Exit


@app.callback()
def checkdata(
    *,
    _version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_show_version, help="Show the version and exit.")
    ] = False,
) -> None:
    """Check data for delivery partners: load feeds, manage users, export, and serve the pages.

    Settings come from the environment, in variables that begin with CHECKDATA_; the README lists them. Exit codes:
    0 done; 1 done, with refusals; 2 refused, or wrong usage; 3 failed.
    """
