"""How long a session goes on, for the warning that a script shows before it ends (security.md 18)."""

from starlette.responses import JSONResponse, Response

from checkdata.domain.services.sign_in.sign_in import Visit
from checkdata.entrypoints.web.gate import Ask
from checkdata.entrypoints.web.presentation.session_end import session_end


def stay_signed_in(ask: Ask, visit: Visit) -> Response:  # noqa: ARG001 - the request itself prolongs the session
    """Tell when the session ends, now that a request came."""
    end = session_end(visit)
    return JSONResponse({"secondsLeft": end.seconds_left, "time": end.time, "forGood": end.for_good})
