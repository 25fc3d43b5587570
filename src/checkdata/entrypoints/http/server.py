"""Serving the web application over HTTP with uvicorn, until the process is told to stop."""

import gc
import os
import signal
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, Self

import uvicorn
from starlette.applications import Starlette

from checkdata.domain.errors import CheckdataError
from checkdata.entrypoints.http.limits import END_SECONDS, GRACE_SECONDS
from checkdata.entrypoints.http.protocol import GuardedProtocol, SecureProtocol
from checkdata.entrypoints.http.supervisor import Supervisor
from checkdata.entrypoints.http.watched_server import WatchedServer, end_at_once, stop_with_terminal
from checkdata.entrypoints.proxy_request_ids import NamedByProxies

COLLECTED_EACH: Final = (5_000, 20, 100)
"""After how many new objects Python collects garbage (`gc.set_threshold`).

A comparison makes a million objects that live until it answers. With Python's own thresholds, 700 and tens, it would
look through them again and again, which took a third of its time, and find nothing. With ten times these, pages would
leave 10 MiB more behind.
"""


class PortTaken(CheckdataError):
    """The port can't be listened at."""


def serve_http(  # noqa: PLR0913 - each is said by its name
    app: Starlette | str,
    *,
    host: str,
    port: int,
    workers: int = 1,
    trusted_proxies: Sequence[str] = (),
    secure: bool = False,
    buried: Callable[[int], None] | None = None,
) -> None:
    """Serve *app*; with several workers, the application that the function named by the import string makes.

    A connection from one of *trusted_proxies* (addresses or networks) counts as that of the client in its
    X-Forwarded-For. *secure* means that people reach the service over https. *buried* is called with the id of each
    worker that died. Returns after SIGTERM, SIGINT or SIGHUP, once earlier requests are answered, within
    `GRACE_SECONDS`. Then the process should end: it ends by itself `END_SECONDS` after the signal, and at a second
    signal at once. Raises `PortTaken`.
    """
    check_is_free(host, port)
    # uvicorn raises the signal again once it has stopped; the callers of this function should end in order.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    stop_with_terminal()
    config = PromptConfig(
        app,
        host=host,
        port=port,
        workers=workers,
        factory=isinstance(app, str),
        forwarded_allow_ips=list(trusted_proxies),
        http=SecureProtocol if secure else GuardedProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    with suppress(KeyboardInterrupt):
        if workers > 1:
            # Threads of one interpreter take turns, so a heap for each would waste 6 to 10 MiB of a worker.
            os.environ.setdefault("MALLOC_ARENA_MAX", "1")
            Supervisor(config, config.bind_socket(), buried).run()
        else:
            WatchedServer(config, lambda: None, ends_within=END_SECONDS).run()
    for sig in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sig, end_at_once)


class PromptConfig(uvicorn.Config):
    """Settings of a server whose workers send an answer at once, and seldom collect garbage.

    asyncio sees to that for a socket that it made itself. A connection accepted from a socket that it was given would
    wait 40 ms for the browser to acknowledge the headers before it sends a short page.
    """

    def load(self) -> None:
        """Load the application, in the process that will answer; its objects live as long as the process."""
        super().load()
        self.loaded_app = NamedByProxies(self.loaded_app, self.forwarded_allow_ips)
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECTED_EACH)

    def bind_socket(self) -> socket.socket:
        """The port, which becomes a socket of its own in each worker."""
        return SocketOfEachWorker.bound(self.host, self.port)


class SocketOfEachWorker(socket.socket):
    """A port kept for workers; sent to one of them, it is a socket of the worker's own for the same port there.

    The system shares the connections among them. If all wait at one socket, a quick worker takes nearly
    all of them, and the other processors rest.
    """

    @classmethod
    def bound(cls, host: str, port: int) -> Self:
        """A socket that listens when told to; connections accepted from it send at once."""
        made = cls(socket.AF_INET6 if ":" in host else socket.AF_INET)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.bind((host, port))
        return made

    def __reduce__(self) -> tuple[Callable[[str, int], Self], tuple[str, int]]:
        """Made again by the process that receives it."""
        host, port, *_ = self.getsockname()
        return self.bound, (host, port)


def check_is_free(host: str, port: int) -> None:
    """Check whether something else listens there already; `PortTaken` if it does."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        why = (error.strerror or "it is no address of this machine").lower()
        raise PortTaken(f"Port {port} of {host} can't be used: {why}. Choose another with --port.") from error
