"""Counts of requested links, in memory."""

from collections.abc import Sequence
from datetime import datetime
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
        so_far = {key: self._so_far(key, at, limits) for key in (asking.address, asking.client, _ALL_USERS)}
        if so_far[asking.client].number >= limits.per_client or so_far[_ALL_USERS].number >= limits.overall:
            return LinkAnswer.NO
        counted = {key: evolve(requests, number=requests.number + 1) for key, requests in so_far.items()}
        state = self._draft.state
        self._draft.state = evolve(state, link_requests={**state.link_requests, **counted})
        return limits.allow(
            address=counted[asking.address].number,
            client=counted[asking.client].number,
            overall=counted[_ALL_USERS].number,
        )

    def _so_far(self, key: str, at: datetime, limits: LinkLimits) -> RequestCount:
        known = self._draft.state.link_requests.get(key)
        return known if known is not None and known.ends_at > at else RequestCount(ends_at=at + limits.window, number=0)


_conforms: type[ports.LinkRequests] = MemoryLinkRequests
