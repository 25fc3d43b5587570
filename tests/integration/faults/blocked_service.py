"""A service whose event loop can be made to stand still from outside, which no page of ours can."""

import sys
import time
from typing import Any

from checkdata.entrypoints.http.server import serve_http
from checkdata.entrypoints.json_log import log_as_json


async def app(scope: dict[str, Any], _receive: Any, send: Any) -> None:  # noqa: ANN401 - the words of ASGI
    """Answer, but at one address never; no thread helps, the loop itself stands there."""
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
