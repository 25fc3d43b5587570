"""Stylesheets, scripts and images, which are the same for everybody."""

import os
from typing import Final

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_CACHING: Final = "public, max-age=3600"
"""An hour, so that a new version of the service is whole soon."""


class CachedFiles(StaticFiles):
    """Files that a browser may keep for an hour."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """A file, or that it is unchanged."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = _CACHING
        return response
