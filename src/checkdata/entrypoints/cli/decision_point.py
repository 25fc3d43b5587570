"""``checkdata decision-point``: what users may see, for other services that ask."""

import os
from typing import Annotated, Final

import typer

from checkdata.entrypoints.cli.help import examples
from checkdata.entrypoints.cli.use_cases import composition
from checkdata.entrypoints.settings import declared

DEFAULT_PORT: Final = 8001
"""Beside the pages, which are at 8000 unless told otherwise."""

decision_point = typer.Typer(
    name="decision-point", no_args_is_help=True, help="Let other services ask what users may see."
)


@decision_point.callback()
def group() -> None:
    """Let other services ask what users may see."""


@decision_point.command(
    "serve",
    epilog=examples("checkdata decision-point serve", "checkdata decision-point serve --port 8081 --workers 4"),
)
def serve(
    *,
    host: Annotated[str, typer.Option("--host", metavar="ADDRESS", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", metavar="PORT", min=1, max=65535, help="The port to listen on.")
    ] = DEFAULT_PORT,
    workers: Annotated[int, typer.Option("--workers", metavar="N", min=1, help="How many processes answer.")] = 1,
) -> None:
    """Answer other services by OpenID AuthZEN Authorization API 1.0, beside `checkdata serve`.

    Stop it with Ctrl+C or SIGTERM.

    Services reach it at CHECKDATA_DECISION_POINT_URL; unless that is set, at http://127.0.0.1 and the port.
    """
    from checkdata.entrypoints.composition import decision_point as composing
    from checkdata.entrypoints.composition.metrics import measured
    from checkdata.entrypoints.composition.reports import begin_log
    from checkdata.entrypoints.http.server import serve_http

    with composition(port=port, serving=True) as composed, measured(composed, workers) as measures:
        app = composing.decision_point(composed, measures)
        composed.check_ready()
        composed.check_role()
        base = composed.settings.decision_point
        os.environ[declared.DECISION_POINT_URL.name] = str(base)  # workers read the environment themselves
        begin_log(composed.settings)
        typer.echo(f"Serving {base}")
        serve_http(
            app if workers == 1 else f"{composing.__name__}:{composing.decision_point_from_environment.__name__}",
            host=host,
            port=port,
            workers=workers,
            trusted_proxies=composed.settings.trusted_proxies,
            secure=base.secure,
            buried=None if measures is None else measures.worker_died,
        )
