"""API keys, in memory."""

from collections.abc import Sequence
from datetime import date, datetime
from operator import attrgetter

from attrs import evolve

from checkdata.adapters.memory.state import Draft
from checkdata.domain import ports
from checkdata.domain.errors import StorageConflict
from checkdata.domain.sign_in.api_keys import ApiKey, Revocation, UnderGrant
from checkdata.domain.values import UserId


class MemoryApiKeys:
    """The keys of a draft."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def add(self, key: ApiKey, /) -> None:
        """Keep a key."""
        if key.id in self._draft.state.api_keys:
            raise StorageConflict("Nothing was changed, because a key with this id exists.")
        self._write(evolve(key, digest="", collected_at=None, revoked=None))

    def give_secret(self, key_id: str, digest: str, at: datetime, /) -> None:
        """Keep the digest of its secret for good."""
        key = self._draft.state.api_keys[key_id]
        if key.digest or self.with_digest(digest) is not None:
            raise StorageConflict("Nothing was changed, because there is a secret already.")
        self._write(evolve(key, digest=digest, collected_at=at))

    def revoke(self, key_id: str, revocation: Revocation, /) -> None:
        """End a key for good."""
        key = self._draft.state.api_keys[key_id]
        if key.revoked is not None:
            raise StorageConflict("Nothing was changed, because it was ended before.")
        self._write(evolve(key, revoked=revocation))

    def note_use(self, key_id: str, day: date, /) -> None:
        """Keep the day, unless a later one is known."""
        key = self._draft.state.api_keys[key_id]
        self._write(evolve(key, last_used_on=max(day, key.last_used_on or day)))

    def get(self, key_id: str, /) -> ApiKey | None:
        """The key with this id."""
        key = self._draft.state.api_keys.get(key_id)
        return None if key is None else self._named(key)

    def with_digest(self, digest: str, /) -> ApiKey | None:
        """The key with this digest."""
        found = [key for key in self._draft.state.api_keys.values() if key.digest and key.digest == digest]
        return self._named(found[0]) if found else None

    def all(self) -> Sequence[ApiKey]:
        """Every key, the newest first."""
        return sorted(map(self._named, self._draft.state.api_keys.values()), key=attrgetter("issued_at", "id"))[::-1]

    def of_user(self, user_id: UserId, /) -> Sequence[ApiKey]:
        """The keys under grants of this user, the newest first."""
        return [key for key in self.all() if isinstance(key.given_to, UnderGrant) and key.given_to.user_id == user_id]

    def _named(self, key: ApiKey) -> ApiKey:
        given = key.given_to
        if not isinstance(given, UnderGrant):
            return key
        return evolve(key, given_to=UnderGrant(given.user_id, self._draft.state.named(given.organisation)))

    def _write(self, key: ApiKey) -> None:
        state = self._draft.state
        self._draft.state = evolve(state, api_keys={**state.api_keys, key.id: key})


_conforms: type[ports.ApiKeys] = MemoryApiKeys
