"""The program: every command by its name, with examples."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any, Final

import typer
from attrs import frozen
from typer.core import TyperGroup
from typer.main import get_group

from checkdata.entrypoints.cli.exit_codes import told_to_people
from checkdata.entrypoints.cli.help import examples


@frozen
class CommandPlace:
    """Where a command is: a module beside this one, its function or its group there, and examples of a function."""

    module: str
    name: str
    examples: tuple[str, ...] = ()


COMMANDS: Final[Mapping[str, CommandPlace]] = {
    "demo": CommandPlace("demo", "demo", ("checkdata demo", "checkdata demo --port 8080 --participants 200")),
    "migrate": CommandPlace(
        "migrating", "migrate_database", ("checkdata migrate", "checkdata migrate --to 0019 --yes")
    ),
    "backup": CommandPlace("backups", "backup", ("checkdata backup /srv/backups/2024-06-03",)),
    "restore": CommandPlace("backups", "restore_backup", ("checkdata restore /srv/backups/2024-06-03",)),
    "doctor": CommandPlace("doctor", "doctor", ("checkdata doctor",)),
    "import": CommandPlace(
        "imports",
        "import_feed",
        (
            "checkdata import feeds/march",
            "checkdata import feeds/march --strict --report /tmp/march",
            "checkdata import feeds/march --complete --allow-deletions",
            "checkdata import feeds/march --allow-wider-access",
        ),
    ),
    "refresh": CommandPlace("imports", "refresh", ("checkdata refresh", "checkdata refresh --today 2024-09-01")),
    "schools": CommandPlace("schools", "schools"),
    "check-trns": CommandPlace(
        "check_trns", "check_trns", ("checkdata check-trns", "checkdata check-trns --extract feeds/march")
    ),
    "nominations": CommandPlace(
        "nominations", "nominations", ("checkdata nominations", "checkdata nominations | cut -f1")
    ),
    "explain": CommandPlace(
        "explain",
        "explain_access",
        (
            "checkdata explain jo@hub.org p-000123",
            "checkdata explain jo@hub.org p-000123 --on 2024-03-01",
            "checkdata explain jo@hub.org p-000123 --on 2024-03-01 --as-known-at 2024-03-01T14:30",
            "checkdata explain jo@hub.org p-000123 --role appropriate_body --organisation ab-3",
        ),
    ),
    "purge": CommandPlace("purge", "purge", ("checkdata purge --dry-run", "checkdata purge")),
    "verify": CommandPlace("tracing", "verify_file", ("checkdata verify north-hub-2024-06-03.csv",)),
    "export": CommandPlace(
        "exports",
        "export_listings",
        (
            "checkdata export --out exports --all",
            "checkdata export --out exports --organisation dp-12 --status checking_qts",
            "checkdata export --out exports --all --as appropriate_body",
            "checkdata export --out exports --all --workers 4",
            "checkdata export --out /shared/exports --all --cluster tcp://scheduler:8786",
        ),
    ),
    "serve": CommandPlace(
        "serve", "serve", ("checkdata serve", "checkdata serve --host 0.0.0.0 --port 8080 --workers 4")
    ),
    "decision-point": CommandPlace("decision_point", "decision_point"),
    "send": CommandPlace("serve", "send", ("checkdata send",)),
    "bounced": CommandPlace(
        "bounces", "bounced", ("checkdata bounced < notice.eml", "checkdata bounced Maildir/new/*")
    ),
    "notify": CommandPlace("notify", "notify"),
    "notices": CommandPlace("notices", "notices"),
    "users": CommandPlace("users", "users"),
    "keys": CommandPlace("keys", "keys"),
    "agreements": CommandPlace("agreements", "agreements"),
    "access": CommandPlace("access_review", "access"),
    "audit": CommandPlace("wrongly_seen", "audit"),
    "conformance": CommandPlace("conformance", "conformance"),
}

_LOOK: Final[Mapping[str, Any]] = {
    "no_args_is_help": True,
    "add_completion": False,
    "rich_markup_mode": None,  # a sentence in a box is a sentence cut into pieces
    "pretty_exceptions_enable": False,
}


class LazyCommands(Mapping[str, Any]):
    """The commands by name, each loaded when it is asked for, so that none waits for what another needs."""

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - typer names no public type
        """The command of this name."""
        place, single = COMMANDS[name], typer.Typer(**_LOOK)
        found = getattr(import_module(f"{__package__}.{place.module}"), place.name)
        if isinstance(found, typer.Typer):
            single.add_typer(found)
        else:
            single.command(name, epilog=examples(*place.examples))(found)
        return get_group(single).commands[name]

    def __iter__(self) -> Iterator[str]:
        """Their names, in the order of the help."""
        return iter(COMMANDS)

    def __len__(self) -> int:
        """How many there are."""
        return len(COMMANDS)


class CheckdataGroup(TyperGroup):
    """The program as typer has it, with `LazyCommands` for its commands."""

    def __init__(self, **given: Any) -> None:  # noqa: ANN401 - typer names no public type
        super().__init__(**given)
        self.commands = LazyCommands()  # type: ignore[assignment] # nothing adds to them


app = typer.Typer(
    name="checkdata",
    cls=CheckdataGroup,
    epilog=examples("checkdata demo", "checkdata migrate", "checkdata import feeds/march", "checkdata serve"),
    **_LOOK,
)


def run_program() -> None:
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

    Settings come from the environment, in variables that begin with CHECKDATA_; docs/settings.md lists them.
    Exit codes: 0 done; 1 done, with refusals; 2 refused, or wrong usage; 3 failed.
    """
