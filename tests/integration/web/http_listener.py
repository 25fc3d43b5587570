"""A real HTTP server on loopback that keeps what it is sent."""

import gzip
import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from typing import Any, Final

from attrs import field, frozen

PATIENCE_SECONDS: Final = 30.0


@frozen
class Sent:
    """A request that came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def lines(self) -> Sequence[Any]:
        """Its body as lines of JSON; those that are none are texts."""
        return [json.loads(line) for line in self.body.decode().splitlines() if line]


@frozen
class Listener:
    """One that listens at ``address``."""

    address: str
    came: "Queue[Sent]" = field(factory=Queue)

    def next(self) -> Sent:
        """The next request; waits for it."""
        return self.came.get(timeout=PATIENCE_SECONDS)

    def all(self) -> Sequence[Sent]:
        """All that came and were not taken."""
        found = []
        try:
            while True:
                found.append(self.came.get_nowait())
        except Empty:
            return found


@contextmanager
def listening(answer: bytes = b"{}", status: int = 200) -> Iterator[Listener]:
    """Listen, and give each request the same answer."""

    class Keeping(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            listener.came.put(Sent(self.path, dict(self.headers), body))
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Keeping) as server:
        listener = Listener(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield listener
        finally:
            server.shutdown()
            thread.join()
