"""Keys that can be replaced (docs/operating.md, *A new key*)."""

import pytest

from checkdata.domain.errors import InvalidValue
from checkdata.domain.keys import Key, Keys

LONG_ENOUGH = "k" * 32


def test_a_key_has_thirty_two_characters_at_least() -> None:
    assert Key.of(LONG_ENOUGH).secret == LONG_ENOUGH.encode()
    for text in ("", LONG_ENOUGH[1:]):
        with pytest.raises(InvalidValue, match="32"):
            Key.of(text)


def test_no_text_of_a_key_tells_its_secret() -> None:
    assert LONG_ENOUGH not in f"{Keys.of(LONG_ENOUGH)!r} {Key.of(LONG_ENOUGH)}"


def test_a_key_made_for_a_purpose_is_another_one_with_the_same_id() -> None:
    key = Key.of(LONG_ENOUGH)
    made = [key.made_for("seals"), key.made_for("lists")]
    assert {each.id for each in made} == {key.id}
    assert len({key.secret, *(each.secret for each in made)}) == 3
