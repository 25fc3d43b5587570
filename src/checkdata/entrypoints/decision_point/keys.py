"""The services that may ask, by their API keys: looked up for every request."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from attrs import field, frozen

from checkdata.domain.ports import Clock
from checkdata.domain.services.access.answer_services import Asker
from checkdata.domain.services.sign_in.use_keys import UseKeys
from checkdata.domain.sign_in.api_keys import ApiKey, Question
from checkdata.entrypoints.counted_requests import CountedRequests, OneTooMany
from checkdata.entrypoints.decision_point.limits import MOST_REQUESTS
from checkdata.entrypoints.decision_point.ports import AskedTooMuch, ClosedForNow, Doorkeeper, KeyRefused, NotForThisKey
from checkdata.entrypoints.web.notice_board import NoticeBoard


def _counted() -> CountedRequests:
    return CountedRequests(MOST_REQUESTS)


@frozen(kw_only=True)
class KeysOfServices:
    """Admits the keys of calling services; a key under a user's access is none of them."""

    use_keys: UseKeys
    clock: Clock
    board: NoticeBoard
    _counted: CountedRequests = field(init=False, factory=_counted)

    @contextmanager
    def admit(self, key: str, question: Question, found: ApiKey | None = None, /) -> Iterator[Asker]:
        """The service with this key, until it is answered."""
        self._check_open()
        admitted = self.use_keys.calling_service(key, found)
        if admitted is None:
            raise KeyRefused("This API key does not work. It may have expired or been revoked.")
        known, service = admitted
        with ExitStack() as counted:
            try:
                counted.enter_context(self._counted.one_more(known.id, self.clock()))
            except OneTooMany as error:
                raise AskedTooMuch(error.seconds) from None
            if question not in service.may_ask:
                raise NotForThisKey(f"This API key is not for {question.value}.")
            yield Asker(service=service.name, key_id=known.id)

    def _check_open(self) -> None:
        self.board.look()
        notice = self.board.maintenance
        if notice is not None:
            raise ClosedForNow(notice.text, round((notice.ends_at - self.clock()).total_seconds()))


_conforms: type[Doorkeeper] = KeysOfServices
