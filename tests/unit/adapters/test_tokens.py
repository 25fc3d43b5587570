from hashlib import sha256

from checkdata.adapters.tokens import SecretTokens
from checkdata.domain.keys import Keys

KEY = "a key that is only for these tests"
KEYS = Keys.of(KEY)
ROTATED = Keys.of("another key that is only for these tests", KEY)


def test_a_digest_can_not_be_made_without_the_key() -> None:
    token = SecretTokens(KEYS).mint()
    assert SecretTokens(KEYS).digest(token) != SecretTokens(Keys.of(KEY.upper())).digest(token)
    assert SecretTokens(KEYS).digest(token) != sha256(token.encode()).hexdigest()


def test_every_process_with_the_key_makes_the_same_digest() -> None:
    assert SecretTokens(KEYS).digest("a token") == SecretTokens(KEYS).digest("a token")


def test_a_digest_is_made_of_text_that_is_not_unicode() -> None:
    assert len(SecretTokens(KEYS).digest("\udcff")) == 64


def test_what_an_older_key_stored_is_still_looked_for_and_what_is_new_goes_by_the_first() -> None:
    before, after = SecretTokens(KEYS), SecretTokens(ROTATED)
    assert after.digests("a token") == [after.digest("a token"), before.digest("a token")]
    assert after.digest("a token") != before.digest("a token")
