"""A program asks with an API key: whose it is, and what that user may do, looked up on every request (rule 3)."""

import re
from datetime import datetime
from typing import Final

from attrs import evolve, frozen

from checkdata.domain.access.decision import AccessFacts, Acting, Decision, decide
from checkdata.domain.ports import Clock, Storage, Tokens
from checkdata.domain.services.task_steps.bound_tokens import found_by
from checkdata.domain.sign_in.api_keys import ApiKey, CallingService, KeyState, UnderGrant
from checkdata.domain.values import london_date

_SECRET: Final = re.compile(r"checkdata-[0-9a-f]{8}-[A-Za-z0-9_-]{75}")
"""The shape of every secret, so that nothing else is looked up."""


@frozen(kw_only=True)
class KeyVisit:
    """A program that asks for an organisation under a user's access, and whether that user may now."""

    key: ApiKey
    acting: Acting
    decision: Decision
    at: datetime


@frozen(kw_only=True)
class UseKeys:
    """Finds keys by their secrets."""

    storage: Storage
    tokens: Tokens
    clock: Clock

    def digest_to_ask_with(self, secret: str) -> str:
        """The digest by which a question finds the key along with its answer; "" for what is no secret."""
        return "" if _SECRET.fullmatch(secret) is None else self.tokens.digest(secret)

    def calling_service(self, secret: str, found: ApiKey | None = None) -> tuple[ApiKey, CallingService] | None:
        """The key of a calling service that works now, and what that may ask; None if there is no such key.

        *found* is what a question gave for `digest_to_ask_with`, None if the key has to be looked up.
        """
        key = self._key(secret, self.clock(), found)
        return None if key is None or not isinstance(key.given_to, CallingService) else (key, key.given_to)

    def under_grant(self, secret: str) -> tuple[ApiKey, UnderGrant] | None:
        """The key under a user's access that works now, and that access; None if there is no such key."""
        key = self._key(secret, self.clock())
        return None if key is None or not isinstance(key.given_to, UnderGrant) else (key, key.given_to)

    def decided(self, key: ApiKey, given: UnderGrant) -> KeyVisit:
        """Who asks with a key that was found, and the decision about that user now."""
        acting, now = Acting(given.user_id, given.organisation), self.clock()
        decision = decide(acting, self._facts(acting), on=london_date(now))
        return KeyVisit(key=key, acting=acting, decision=decision, at=now)

    def visit(self, secret: str) -> KeyVisit | None:
        """Who asks with a key under a user's access that works now, and the decision about that user now."""
        found = self.under_grant(secret)
        return None if found is None else self.decided(*found)

    def _facts(self, acting: Acting) -> AccessFacts:
        with self.storage.reading() as work:
            return work.users.facts(acting.user_id)

    def _key(self, secret: str, now: datetime, found: ApiKey | None = None) -> ApiKey | None:
        """The key with this secret, if it works; that it was used is noted once a day."""
        if _SECRET.fullmatch(secret) is None:
            return None
        key = found_by(self.tokens, secret, lambda digest: _if_has(found, digest) or self._with_digest(digest))
        if key is None or key.state(now) is not KeyState.WORKS:
            return None
        today = london_date(now)
        if key.last_used_on is not None and key.last_used_on >= today:
            return key
        with self.storage.at_once() as work:
            work.api_keys.note_use(key.id, today)
        return evolve(key, last_used_on=today)

    def _with_digest(self, digest: str) -> ApiKey | None:
        with self.storage.at_once() as work:
            return work.api_keys.with_digest(digest)


def _if_has(found: ApiKey | None, digest: str) -> ApiKey | None:
    return found if found is not None and found.digest == digest else None
