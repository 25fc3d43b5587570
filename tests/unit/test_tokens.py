from hashlib import sha256

from checkdata.adapters.tokens import SecretTokens

KEY = "a key that is only for these tests"


def test_a_digest_can_not_be_made_without_the_key() -> None:
    token = SecretTokens(KEY).mint()
    assert SecretTokens(KEY).digest(token) != SecretTokens("another key").digest(token)
    assert SecretTokens(KEY).digest(token) != sha256(token.encode()).hexdigest()


def test_every_process_with_the_key_makes_the_same_digest() -> None:
    assert SecretTokens(KEY).digest("a token") == SecretTokens(KEY).digest("a token")


def test_a_digest_is_made_of_text_that_is_not_unicode() -> None:
    assert len(SecretTokens(KEY).digest("\udcff")) == 64
