"""``checkdata demo``: the service with made-up people in it, in a folder that is gone afterwards."""

import os
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from secrets import token_urlsafe
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer
from attrs import evolve

from checkdata.entrypoints.cli.serve import PortOption
from checkdata.entrypoints.demo.people import MOST_PEOPLE
from checkdata.entrypoints.settings.environment import DEFAULT_PORT, read_settings

if TYPE_CHECKING:
    from checkdata.entrypoints.composition.service import Composition

HOST = "127.0.0.1"
FEEDS_LOADED = timedelta(days=42), timedelta(days=10), timedelta()
"""How long ago each of the demo's feeds was loaded, so that lists have changes and a history."""


def demo(
    *,
    port: PortOption = DEFAULT_PORT,
    participants: Annotated[
        int, typer.Option("--participants", metavar="N", min=0, max=MOST_PEOPLE, help="How many people to make up.")
    ] = 5000,
) -> None:
    """Show the service with made-up people in it.

    Open http://127.0.0.1:PORT in a browser; stop it with Ctrl+C. It makes its own database, users and mailbox in a new
    folder, which is removed at the end. No other database is touched, even if the environment names one.
    """
    import logging

    from checkdata.domain.jobs import Job
    from checkdata.entrypoints.background_threads import repeated_expiring, repeated_sealing, repeated_sending
    from checkdata.entrypoints.composition.web import web_app
    from checkdata.entrypoints.demo.users import demo_users
    from checkdata.entrypoints.http.server import check_is_free, serve_http
    from checkdata.entrypoints.job_notes import JobNotes
    from checkdata.entrypoints.json_log import log_as_json
    from checkdata.entrypoints.repeated_work import run_together

    check_is_free(HOST, port)
    log_as_json(logging.WARNING)
    with TemporaryDirectory(prefix="checkdata-demo-") as made:
        typer.echo(f"Making up {participants:,} participants and loading them")
        with closing(_made_up(Path(made), port, participants)) as composed:
            app = web_app(composed, demo_users())
            _tell(composed)
            with run_together(
                repeated_sending(composed.send_mail, JobNotes(composed.note_job_runs, Job.MAIL)),
                repeated_sealing(composed.seal_log, JobNotes(composed.note_job_runs, Job.SEAL)),
                repeated_expiring(composed.nominate),
            ):
                serve_http(app, host=HOST, port=port)
    typer.echo("\nThe demo has ended, and its data are removed. To start it again: make run")


def _made_up(folder: Path, port: int, participants: int) -> "Composition":
    """A service of the demo's own, with its people and users in it."""
    from checkdata.entrypoints.composition.service import Composition
    from checkdata.entrypoints.demo.nominations import add_demo_nominations
    from checkdata.entrypoints.demo.users import add_demo_users, demo_teams

    around = {name: value for name, value in os.environ.items() if not name.endswith("_FILE")}  # secrets of others
    composed = Composition(read_settings({**around, **_environment(folder, port)}))
    composed.migrate()
    for ago in FEEDS_LOADED:
        _load_feed(composed, folder / "feed", participants, ago)
    add_demo_users(lambda ago: evolve(composed.manage_access, clock=lambda: composed.clock() - ago))
    teams = demo_teams(composed.manage_access)
    add_demo_nominations(lambda ago: evolve(composed.nominate, clock=lambda: composed.clock() - ago), teams)
    return composed


def _load_feed(composed: "Composition", feed: Path, participants: int, ago: timedelta) -> None:
    """Load what the feed told that long ago, as on that day."""
    from checkdata.domain.values import london_date
    from checkdata.entrypoints.composition.feed import feed_in, report_on
    from checkdata.entrypoints.demo import write_demo_feed

    today = london_date(composed.clock())
    write_demo_feed(feed, participants=participants, today=today, told_on=today - ago)
    importing = evolve(composed.import_feed, clock=lambda: composed.clock() - ago)
    with report_on(feed, None) as rejections:
        importing.load(feed_in(feed, rejections), rejections, today=today - ago)


def _environment(folder: Path, port: int) -> dict[str, str]:
    return {
        "CHECKDATA_DATABASE_URL": f"sqlite:///{folder / 'checkdata.sqlite'}",
        "CHECKDATA_OWNER_DATABASE_URL": "",
        "CHECKDATA_BASE_URL": f"http://{HOST}:{port}",
        "CHECKDATA_SECRET_KEY": token_urlsafe(32),
        "CHECKDATA_EMAIL": f"mailbox:{folder / 'mailbox'}",
        "CHECKDATA_SUPPORT_EMAIL": "support@check-data.example.org",
        # A visitor signs in as each user of the demo, one after another.
        "CHECKDATA_LINKS_PER_ADDRESS": "9999",
        "CHECKDATA_LINKS_PER_CLIENT": "9999",
    }


def _tell(composed: "Composition") -> None:
    settings = composed.settings
    typer.echo(f"""
The demo runs at {settings.base}/
Open it in a browser, choose who to be, and follow the link in the mailbox: {settings.base}/mailbox
All people in it are made up. To try the other commands on its data, in another terminal:
    export CHECKDATA_DATABASE_URL={settings.database_url}
    checkdata users list
Stop it with Ctrl+C.""")
