"""What the wire layer needs: someone who decides, and someone who says which service may ask."""

from contextlib import AbstractContextManager
from typing import Protocol

from checkdata.domain.errors import CheckdataError
from checkdata.domain.listing.facts_and_rows import FactsAndRows
from checkdata.domain.services.access.answer_services import Asker
from checkdata.domain.sign_in.api_keys import ApiKey, Question
from checkdata.entrypoints.decision_point.questions import (
    Action,
    ActionSearch,
    Decision,
    Evaluation,
    Resource,
    ResourceSearch,
    Results,
    Semantic,
    Slice,
    Subject,
    SubjectSearch,
)


class KeyRefused(CheckdataError):
    """The key is unknown, expired or revoked; one meaning for all three (401)."""

    challenge = 'Bearer realm="checkdata", error="invalid_token"'


class KeyMissing(KeyRefused):
    """The request has no key, or several."""

    challenge = 'Bearer realm="checkdata"'


class NotForThisKey(CheckdataError):
    """The key is not for what was asked (403)."""


class AskedTooMuch(CheckdataError):
    """The key has been used too often lately (429); ``seconds`` is how long to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__("Too many requests with this key. Wait, and ask again.")
        self.seconds = seconds

    def __reduce__(self) -> tuple[type["AskedTooMuch"], tuple[int]]:
        """As it comes from another process."""
        return type(self), (self.seconds,)


class ClosedForNow(CheckdataError):
    """The service is closed for maintenance (503); the error's text says why, and ``seconds`` for how long."""

    def __init__(self, text: str, seconds: int) -> None:
        super().__init__(text)
        self.seconds = max(1, seconds)

    def __reduce__(self) -> tuple[type["ClosedForNow"], tuple[str, int]]:
        """As it comes from another process."""
        return type(self), (str(self), self.seconds)


class Doorkeeper(Protocol):
    """Knows the services that may ask, by their keys."""

    def admit(self, key: str, question: Question, found: ApiKey | None = None, /) -> AbstractContextManager[Asker]:
        """The service with this key, until it is answered; *found* is what was looked up for it along with a question.

        `ClosedForNow`, `KeyRefused`, `NotForThisKey` or `AskedTooMuch` on entering if it gets no answer.
        """


class DecisionPoint(Protocol):
    """Decides. Each call is one request of a caller, so it is on record once.

    An entity that is not known is no error: nobody may do anything with it. A search gives each entity once, in the
    order of ids (of actions: names) by code point, and everything that it gives is allowed if it is evaluated.
    """

    def look_up(self, asked: Evaluation, key: str, /) -> FactsAndRows | None:
        """What decides it, and this key, in one question; None if that is nothing to look up before it is asked.

        It comes before the caller is admitted, so nothing of it is told, and nothing is on record.
        """

    def evaluate(self, caller: Asker, asked: Evaluation, found: FactsAndRows | None = None, /) -> Decision:
        """Whether the subject may, by what was looked up."""

    def evaluate_all(self, caller: Asker, asked: list[Evaluation], semantic: Semantic, /) -> list[Decision]:
        """The decisions, in order, up to and including the one that the semantic ends with."""

    def search_subjects(self, caller: Asker, asked: SubjectSearch, part: Slice, /) -> Results[Subject]:
        """The subjects who may."""

    def search_resources(self, caller: Asker, asked: ResourceSearch, part: Slice, /) -> Results[Resource]:
        """The resources with which the subject may."""

    def search_actions(self, caller: Asker, asked: ActionSearch, part: Slice, /) -> Results[Action]:
        """The actions that the subject may take."""
