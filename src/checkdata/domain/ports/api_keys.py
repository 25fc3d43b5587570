"""The port for API keys."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from checkdata.domain.sign_in.api_keys import ApiKey, Revocation
from checkdata.domain.values import UserId


class ApiKeys(Protocol):
    """Keys of programs, in whatever state; their organisations carry their names."""

    def add(self, key: ApiKey, /) -> None:
        """Keep a key that has no secret yet; `StorageConflict` where the id is taken."""

    def give_secret(self, key_id: str, digest: str, at: datetime, /) -> None:
        """Keep the digest of its secret for good; `StorageConflict` where it has one, or another key has the same."""

    def revoke(self, key_id: str, revocation: Revocation, /) -> None:
        """End a key for good; `StorageConflict` where it was ended before."""

    def note_use(self, key_id: str, day: date, /) -> None:
        """Keep the day on which it was last used, unless a later one is known."""

    def get(self, key_id: str, /) -> ApiKey | None:
        """The key with this id."""

    def with_digest(self, digest: str, /) -> ApiKey | None:
        """The key with this digest, in one question."""

    def all(self) -> Sequence[ApiKey]:
        """Every key, the newest first."""

    def of_user(self, user_id: UserId, /) -> Sequence[ApiKey]:
        """The keys under grants of this user, the newest first."""
