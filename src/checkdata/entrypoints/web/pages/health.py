"""Whether the service can serve, for whatever watches it."""

from starlette.responses import JSONResponse, Response

from checkdata.domain.errors import NotMigrated, StorageError
from checkdata.entrypoints.web.gate import Ask


def healthcheck(ask: Ask) -> Response:
    """200 where the storage answers and has this version's tables, else 503 with what is wrong."""
    try:
        ask.site.services.ready()
    except NotMigrated:
        return JSONResponse({"status": "not migrated"}, 503)
    except StorageError:
        return JSONResponse({"status": "unavailable"}, 503)
    return JSONResponse({"status": "ok"})
