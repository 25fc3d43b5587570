"""What everything that makes tokens must do."""

from checkdata.domain.ports import Tokens


class TokensContract:
    """Holds `checkdata.ports.Tokens` to their contract; the fixture ``tokens`` gives them."""

    def test_no_token_is_minted_twice(self, tokens: Tokens) -> None:
        assert len({tokens.mint() for _ in range(1000)}) == 1000

    def test_a_token_is_safe_in_an_address_and_holds_256_bits(self, tokens: Tokens) -> None:
        token = tokens.mint()
        assert token.replace("-", "").replace("_", "").isalnum()
        assert token.isascii()
        assert len(token) == 43

    def test_a_code_has_six_digits_and_is_hardly_ever_the_same(self, tokens: Tokens) -> None:
        codes = {tokens.six_digits() for _ in range(1000)}
        assert all(len(code) == 6 and code.isascii() and code.isdigit() for code in codes)
        assert len(codes) > 900

    def test_the_same_token_has_the_same_digest(self, tokens: Tokens) -> None:
        token = tokens.mint()
        assert tokens.digest(token) == tokens.digest(token)

    def test_different_tokens_have_different_digests(self, tokens: Tokens) -> None:
        assert len({tokens.digest(tokens.mint()) for _ in range(1000)}) == 1000

    def test_a_digest_does_not_hold_the_token(self, tokens: Tokens) -> None:
        token = tokens.mint()
        assert token not in tokens.digest(token)

    def test_anything_that_a_browser_may_send_has_a_digest(self, tokens: Tokens) -> None:
        assert {len(tokens.digest(sent)) for sent in ("", "é", "\0", "a" * 100_000)} == {64}

    def test_the_digest_that_is_stored_is_the_first_that_is_looked_for(self, tokens: Tokens) -> None:
        token = tokens.mint()
        assert tokens.digests(token)[0] == tokens.digest(token)
