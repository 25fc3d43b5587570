"""Stylesheets, scripts and images, which are the same for all users."""

import os
from pathlib import Path
from typing import Final

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_CACHING: Final = "public, max-age=3600"
"""An hour, so that a new version of the service is whole soon."""


_KINDS: Final = frozenset((".css", ".js", ".json", ".svg", ".png", ".ico", ".woff", ".woff2"))
"""The names of files that a page may ask for."""


class CachedFiles(StaticFiles):
    """The files of a folder that pages ask for, which a browser may keep for an hour; all others do not exist.

    They are looked for once: files that are put there later are not served.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder)
        self.served = served_in(folder)

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Where a file lies; an empty path if it is not served."""
        return super().lookup_path(path) if path in self.served else ("", None)

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """A file, or that it is unchanged."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = _CACHING
        return response


def served_in(folder: Path) -> frozenset[str]:
    """The files below a folder that pages may ask for, by their path in it: of a known kind, and nothing with a dot."""
    inside = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and path.suffix in _KINDS)
    return frozenset(str(path) for path in inside if not any(part.startswith(".") for part in path.parts))
