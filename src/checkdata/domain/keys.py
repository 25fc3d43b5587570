"""Keys that can be replaced without a break: the first of several signs, and all of them verify."""

import hmac
from collections.abc import Iterator
from hashlib import sha256
from typing import Final, Self

from attrs import field, frozen

from checkdata.domain.errors import InvalidValue

SHORTEST_KEY: Final = 32
"""How many characters, or bytes, a key has at least."""

_ID_LENGTH: Final = 8


def _is_long_enough(_key: "Key", _attribute: object, secret: bytes) -> None:
    if len(secret) < SHORTEST_KEY:
        msg = f"a key must have at least {SHORTEST_KEY} characters"
        raise InvalidValue(msg)


@frozen
class Key:
    """A key, and the id by which what was signed names it; raises `InvalidValue` for one that is too short.

    The id follows from the key: two keys never share one by mistake, and no id can be given to another key.
    """

    id: str
    secret: bytes = field(validator=_is_long_enough, repr=False)

    @classmethod
    def of(cls, text: str) -> Self:
        """The key that is this text; its id is eight hexadecimal digits, from which the key can't be found."""
        secret = text.encode(errors="surrogateescape")
        return cls(hmac.new(secret, b"checkdata key id", sha256).hexdigest()[:_ID_LENGTH], secret)

    def made_for(self, purpose: str) -> Self:
        """A key of its own for one purpose, made of this one, with the same id."""
        return type(self)(self.id, hmac.digest(self.secret, purpose.encode(), sha256))


@frozen
class Keys:
    """Keys that are in use together: ``first`` signs, and a signature by any of them is valid."""

    first: Key
    older: tuple[Key, ...] = ()

    @classmethod
    def of(cls, *texts: str) -> Self:
        """The keys that are these texts, the first first; raises `InvalidValue` as `Key` does."""
        first, *older = map(Key.of, texts)
        return cls(first, tuple(older))

    def __iter__(self) -> Iterator[Key]:
        """All of them, the first first."""
        yield self.first
        yield from self.older

    def made_for(self, purpose: str) -> Self:
        """Keys of their own for one purpose, with the same ids, in the same order."""
        return type(self)(self.first.made_for(purpose), tuple(key.made_for(purpose) for key in self.older))

    def named(self, key_id: str) -> tuple[Key, ...]:
        """Those with this id; none where what was signed with it can't be verified."""
        return tuple(key for key in self if key.id == key_id)
