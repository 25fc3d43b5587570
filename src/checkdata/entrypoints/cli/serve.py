"""``checkdata serve`` and ``checkdata send``."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from checkdata.domain.jobs import Job
from checkdata.entrypoints.cli.exit_codes import ExitCode
from checkdata.entrypoints.cli.use_cases import composition
from checkdata.entrypoints.settings import declared
from checkdata.entrypoints.settings.environment import DEFAULT_PORT

if TYPE_CHECKING:
    from checkdata.domain.services.mail.send_mail import SendingResult
    from checkdata.entrypoints.composition.service import Composition

PortOption = Annotated[int, typer.Option("--port", metavar="PORT", min=1, max=65535, help="The port to listen on.")]


def serve(
    *,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="The address to listen on.")] = "127.0.0.1",
    port: PortOption = DEFAULT_PORT,
    workers: Annotated[int, typer.Option("--workers", metavar="N", min=1, help="How many processes answer.")] = 1,
) -> None:
    """Serve the pages, send mail, let nominations expire and access lapse, recall files, and seal the log.

    It refreshes the statuses each day where it can: with CHECKDATA_OWNER_DATABASE_URL, or on SQLite. Stop it with
    Ctrl+C or SIGTERM.

    People reach it at CHECKDATA_BASE_URL; unless that is set, at http://127.0.0.1 and the port.
    """
    from checkdata.entrypoints.composition.beside_pages import work_beside_pages
    from checkdata.entrypoints.composition.metrics import measured
    from checkdata.entrypoints.composition.reports import begin_log
    from checkdata.entrypoints.composition.web import web_app
    from checkdata.entrypoints.daily_refresh import repeated_refresh
    from checkdata.entrypoints.http.server import serve_http
    from checkdata.entrypoints.repeated_work import run_together

    with composition(port=port, serving=True) as composed, measured(composed, workers) as measures:
        app, beside = web_app(composed, measures=measures), work_beside_pages(composed)
        composed.check_ready()
        composed.check_role()
        # Workers read the environment themselves, and must get the same base.
        os.environ[declared.BASE_URL.name] = str(composed.settings.base)
        begin_log(composed.settings)
        typer.echo(f"Serving {composed.settings.base}")
        refreshing = repeated_refresh(composed.statuses_of_today, os.environ, allowed=composed.may_refresh)
        with run_together(*beside, *refreshing):
            served = app if workers == 1 else "checkdata.entrypoints.composition.web:web_app_from_environment"
            settings = composed.settings
            serve_http(
                served,
                host=host,
                port=port,
                workers=workers,
                trusted_proxies=settings.trusted_proxies,
                secure=settings.base.secure and not settings.base.path,  # below a path the pages tell it
                buried=None if measures is None else measures.worker_died,
            )


def send() -> None:
    """Recall files, send mail and notes of changes, note which nominations have expired, and seal the audit log, once.

    `checkdata serve` does it all the time.
    """
    with composition() as composed:
        try:
            composed.recall_files.do_due()
            composed.note_changes.queue_due()
        finally:  # mail that waits does not wait for a recall that fails
            done = _send_and_seal(composed)
            _tell(done)
    if done.failed or done.expired or done.held_back:
        raise typer.Exit(ExitCode.DONE_WITH_REFUSALS)


def _send_and_seal(composed: "Composition") -> "SendingResult":
    from checkdata.entrypoints.background_threads import send_all

    done = send_all(composed.send_mail)
    composed.nominate.expire_due()
    if done.sent or not (done.failed or done.held_back):
        composed.note_job_runs.note(Job.MAIL)
    while composed.seal_log.seal_due():
        pass
    composed.note_job_runs.note(Job.SEAL)
    return done


def _tell(done: "SendingResult") -> None:
    typer.echo(f"{done.sent:,} sent, {done.failed + done.expired:,} not sent.")
    for reason, number in done.reasons.items():
        typer.echo(f"{number:,}: {reason}", err=True)
    if done.held_back:
        typer.echo(f"The rest waits: {done.held_back}", err=True)
    if done.expired:
        typer.echo(f"{done.expired:,}: It was too late: its link would have expired.", err=True)
