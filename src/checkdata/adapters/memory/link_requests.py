"""Counts of requested links, in memory."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from attrs import evolve

from checkdata.adapters.memory.state import Draft, RequestCount
from checkdata.domain import ports
from checkdata.domain.sign_in.link_limits import LinkAnswer, LinkLimits, LinkRequester

_ALL_USERS: Final = "everybody"


class MemoryLinkRequests:
    """The counts of a draft."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def running(self, keys: Sequence[str], at: datetime, /) -> str | None:
        """Which of these is being counted; of several the one with most requests."""
        known = self._draft.state.link_requests
        counted = [key for key in keys if key in known and known[key].ends_at > at]
        return min(counted, key=lambda key: (-known[key].number, key), default=None)

    def count(self, asking: LinkRequester, limits: LinkLimits, at: datetime, /) -> LinkAnswer:
        """Count a request, unless its client or all users together have reached the limit."""
        so_far = {key: self._so_far(key, at, limits.window) for key in (asking.address, asking.client, _ALL_USERS)}
        if so_far[asking.client].number >= limits.per_client or so_far[_ALL_USERS].number >= limits.overall:
            return LinkAnswer.NO
        counted = {key: evolve(requests, number=requests.number + 1) for key, requests in so_far.items()}
        self._keep(counted)
        return limits.allow(
            address=counted[asking.address].number,
            client=counted[asking.client].number,
            overall=counted[_ALL_USERS].number,
        )

    def count_try(self, key: str, window: timedelta, at: datetime, /) -> int:
        """Count one try; units of work that write take turns."""
        so_far = self._so_far(key, at, window)
        self._keep({key: evolve(so_far, number=so_far.number + 1)})
        return so_far.number + 1

    def take_back(self, key: str, /) -> None:
        """Count one try less."""
        known = self._draft.state.link_requests[key]
        self._keep({key: evolve(known, number=known.number - 1)})

    def _so_far(self, key: str, at: datetime, window: timedelta) -> RequestCount:
        known = self._draft.state.link_requests.get(key)
        return known if known is not None and known.ends_at > at else RequestCount(ends_at=at + window, number=0)

    def _keep(self, counted: Mapping[str, RequestCount]) -> None:
        state = self._draft.state
        self._draft.state = evolve(state, link_requests={**state.link_requests, **counted})


_conforms: type[ports.LinkRequests] = MemoryLinkRequests
