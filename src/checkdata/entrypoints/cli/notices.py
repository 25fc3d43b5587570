"""``checkdata notices``: what every user is told, and closing the service for maintenance."""

from datetime import datetime
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import typer

from checkdata.domain.notices import NoticeKind
from checkdata.entrypoints.cli.help import examples
from checkdata.entrypoints.cli.tables import show
from checkdata.entrypoints.cli.use_cases import composition

_LONDON: Final = ZoneInfo("Europe/London")
_FORMATS: Final = ["%Y-%m-%dT%H:%M"]
_UNTIL: Final = "checkdata notices set --maintenance --text 'Back at 6pm' --until 2024-06-03T18:00"

notices = typer.Typer(name="notices", no_args_is_help=True, help="Tell every user something, or close the service.")

MaintenanceOption = Annotated[
    bool, typer.Option("--maintenance", help="The maintenance page instead of every page; else a notice on every page.")
]


@notices.callback()
def group() -> None:
    """Tell every user something, or close the service for maintenance."""


@notices.command("list", epilog=examples("checkdata notices list"))
def list_notices() -> None:
    """Show the notices that are shown now or later."""
    with composition() as composed:
        rows = [
            (each.kind.value, _time(each.starts_at), _time(each.ends_at), each.text)
            for each in composed.service_notices.standing()
        ]
    show(("Kind", "From", "Until", "Text"), rows)


@notices.command("set", epilog=examples("checkdata notices set --text 'Late data' --until 2024-06-03T18:00", _UNTIL))
def set_notice(
    *,
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="What users read, up to 500 characters.")],
    until: Annotated[datetime, typer.Option("--until", formats=_FORMATS, metavar="MOMENT", help="In UK time.")],
    since: Annotated[
        datetime | None, typer.Option("--from", formats=_FORMATS, metavar="MOMENT", help="In UK time; now unless set.")
    ] = None,
    maintenance: MaintenanceOption = False,
) -> None:
    """Set the notice of a kind in place of the one before. Pages show it within 5 seconds."""
    with composition() as composed:
        composed.service_notices.set(
            _kind(maintenance=maintenance),
            text,
            starts_at=None if since is None else since.replace(tzinfo=_LONDON),
            ends_at=until.replace(tzinfo=_LONDON),
        )
    typer.echo("The notice is set.")


@notices.command("end", epilog=examples("checkdata notices end", "checkdata notices end --maintenance"))
def end_notice(*, maintenance: MaintenanceOption = False) -> None:
    """End the notice of a kind now."""
    with composition() as composed:
        composed.service_notices.end(_kind(maintenance=maintenance))
    typer.echo("The notice is ended.")


def _kind(*, maintenance: bool) -> NoticeKind:
    return NoticeKind.MAINTENANCE if maintenance else NoticeKind.BANNER


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(_LONDON):%Y-%m-%dT%H:%M}"
