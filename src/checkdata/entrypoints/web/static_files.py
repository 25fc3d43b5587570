"""Stylesheets, scripts and images, which are the same for all users."""

import os
from functools import cache
from pathlib import Path
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Scope

from checkdata.domain.errors import CheckdataError
from checkdata.entrypoints.web.compression import compressed, takes_gzip
from checkdata.entrypoints.web.mounting import stylesheet_below

_CACHING: Final = "public, max-age=3600"
"""An hour, so that a new version of the service is whole soon."""

_TEXTS: Final = frozenset((".css", ".js", ".json", ".svg"))
"""The kinds that are sent compressed; the others are so by themselves."""

_KINDS: Final = _TEXTS | {".png", ".ico", ".woff", ".woff2"}
"""The names of files that a page may ask for."""


class CachedFiles(StaticFiles):
    """The files of a folder that pages ask for, which a browser may keep for an hour; all others do not exist.

    They are looked for once: files that are put there later are not served. What stylesheets ask for lies below
    *prefix*.
    """

    def __init__(self, folder: Path, prefix: str = "") -> None:
        if not folder.is_dir():
            raise CheckdataError("This build of checkdata has only the rules. Build the service where npm can be had.")
        super().__init__(directory=folder)
        self.served = served_in(folder)
        self._prefix = prefix

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Where a file lies; an empty path if it is not served."""
        return super().lookup_path(path) if path in self.served else ("", None)

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """A file, compressed for those who take that, or that it is unchanged."""
        path, asked = Path(full_path), Headers(scope=scope)
        response: Response = FileResponse(path, status_code, stat_result=stat_result)
        if path.suffix in _TEXTS:
            response = self._text(path, response, packed=takes_gzip(asked))
            response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = _CACHING
        return NotModifiedResponse(response.headers) if self.is_not_modified(response.headers, asked) else response

    def _text(self, path: Path, whole: Response, *, packed: bool) -> Response:
        if packed:
            return _packed(path, self._prefix, whole)
        if not self._prefix or path.suffix != ".css":
            return whole
        return _changed(whole, _read(path, self._prefix), whole.headers["etag"])


def served_in(folder: Path) -> frozenset[str]:
    """The files below a folder that pages may ask for, by their path in it: of a known kind, and nothing with a dot."""
    inside = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and path.suffix in _KINDS)
    return frozenset(str(path) for path in inside if not any(part.startswith(".") for part in path.parts))


def _packed(path: Path, prefix: str, whole: Response) -> Response:
    """The same file compressed, by a mark of its own: to a cache it is another one."""
    mark = whole.headers["etag"].removesuffix('"') + '-gzip"'
    packed = _changed(whole, _content(path, prefix, whole.headers["etag"]), mark)
    packed.headers["Content-Encoding"] = "gzip"
    return packed


def _changed(whole: Response, content: bytes, mark: str) -> Response:
    headers = {"ETag": mark, "Last-Modified": whole.headers["last-modified"]}
    return Response(content, whole.status_code, headers, whole.media_type)


@cache
def _content(path: Path, prefix: str, _mark: str) -> bytes:
    """Compressed at the first use; each file has one mark while a process serves it, unless it is edited."""
    return compressed(_read(path, prefix))


def _read(path: Path, prefix: str) -> bytes:
    content = path.read_bytes()
    return stylesheet_below(prefix, content) if path.suffix == ".css" else content
