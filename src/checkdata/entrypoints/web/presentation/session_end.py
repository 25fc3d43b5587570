"""When a session ends, as pages say it."""

from attrs import frozen

from checkdata.domain.services.sign_in.sign_in import Visit
from checkdata.entrypoints.web.presentation.days_and_times import clock_time


@frozen
class SessionEnd:
    """In how many seconds a session ends and at what time; ``for_good`` if its user cannot prolong it."""

    seconds_left: int
    time: str
    for_good: bool


def session_end(visit: Visit) -> SessionEnd:
    """The end of a visit's session as it stands now."""
    left = max(0, int((visit.ends_at - visit.at).total_seconds()))
    return SessionEnd(left, clock_time(visit.ends_at), for_good=visit.ends_at >= visit.ends_for_good_at)
