"""A service whose event loop can be blocked from outside, which no page of ours can do."""

import sys
import time
from typing import Any

from checkdata.entrypoints.http.server import serve_http
from checkdata.entrypoints.json_log import log_as_json


async def app(scope: dict[str, Any], _receive: Any, send: Any) -> None:  # noqa: ANN401 - the words of ASGI
    """Answer, except at one address, which blocks the event loop."""
    if scope["path"] == "/stand":
        time.sleep(3600)  # noqa: ASYNC251 - it is what this is for
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


def made() -> Any:  # noqa: ANN401 - an application
    """The application as a worker makes it."""
    return app


if __name__ == "__main__":
    log_as_json()
    served = app if sys.argv[2] == "1" else "tests.integration.faults.blocked_service:made"
    serve_http(served, host="127.0.0.1", port=int(sys.argv[1]), workers=int(sys.argv[2]))  # type: ignore[arg-type]
