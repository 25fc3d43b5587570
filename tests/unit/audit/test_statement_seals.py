"""The seal of a statement (security.md 50)."""

import hmac
from collections.abc import Sequence
from hashlib import sha256
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkdata.domain.audit.statement_seals import (
    TITLE,
    StatementVerdict,
    is_statement,
    sealed_statement,
    verified_statement,
)
from checkdata.domain.keys import Keys

KEYS = Keys.of("a" * 32, "b" * 32)
CONTENT = f"\ufeff{TITLE}\nParticipant,p-1\nFrom,To\n1,Ann\n2,Bea\n3,Cat\n".encode()
STATEMENT = sealed_statement(CONTENT, KEYS.first)
LINES = STATEMENT.splitlines(keepends=True)

changes = st.one_of(
    st.tuples(st.integers(0, len(STATEMENT) - 1), st.binary(max_size=3)).map(
        lambda at: STATEMENT[: at[0]] + at[1] + STATEMENT[at[0] + 1 :]
    ),
    st.tuples(st.integers(0, len(STATEMENT)), st.binary(min_size=1, max_size=3)).map(
        lambda at: STATEMENT[: at[0]] + at[1] + STATEMENT[at[0] :]
    ),
    st.lists(st.sampled_from(LINES), max_size=12).map(b"".join),
    st.permutations(LINES).map(b"".join),
)


def verdict(content: bytes, keys: Keys = KEYS) -> StatementVerdict:
    return verified_statement(content, keys).verdict


def test_a_statement_as_it_was_sealed_is_genuine() -> None:
    assert verdict(STATEMENT) is StatementVerdict.GENUINE


@given(changes.filter(lambda changed: changed != STATEMENT))
def test_no_other_bytes_than_those_that_were_sealed_are_genuine(changed: bytes) -> None:
    assert verdict(changed) is not StatementVerdict.GENUINE


@pytest.mark.parametrize(
    "changed",
    [
        STATEMENT.replace(b"Bea", b"Eve"),
        STATEMENT.replace(b"\n", b"\r\n"),
        STATEMENT.removeprefix("\ufeff".encode()),
        STATEMENT.replace(TITLE.encode(), b"Statement"),
        STATEMENT.removesuffix(LINES[-1]),
        STATEMENT.removesuffix(b"\n"),
        STATEMENT + b"\n",
        STATEMENT + b"4,Dee\n",
        STATEMENT + LINES[-1],
        STATEMENT.decode().encode("utf-16"),
        STATEMENT.replace(b",", b";"),
        STATEMENT.replace(b"Seal,", b'"Seal",'),
        LINES[-1],
        CONTENT[:10] + STATEMENT,
    ],
)
def test_what_was_changed_is_still_known_as_a_statement_and_told_as_changed(changed: bytes) -> None:
    assert is_statement(changed[:4096], changed[-4096:])
    assert verdict(changed) is StatementVerdict.CHANGED


def test_every_order_of_its_rows_but_the_sealed_one_is_a_change() -> None:
    rows: Sequence[bytes] = LINES[3:6]
    orders = [b"".join((*LINES[:3], *order, *LINES[6:])) for order in permutations(rows)]
    assert [verdict(order) for order in orders].count(StatementVerdict.GENUINE) == 1


def test_a_key_that_was_not_given_is_told_in_other_words_than_a_change() -> None:
    assert verdict(STATEMENT, Keys.of("c" * 32)) is StatementVerdict.OTHER_KEY
    assert verified_statement(STATEMENT, Keys.of("c" * 32)).key_id == KEYS.first.id


def test_a_statement_is_genuine_with_an_older_key_too() -> None:
    assert verdict(sealed_statement(CONTENT, KEYS.older[0])) is StatementVerdict.GENUINE


def test_a_seal_names_its_key_and_no_other_key_makes_it_genuine() -> None:
    forged = sealed_statement(CONTENT, Keys.of("c" * 32).first)
    assert verdict(forged.replace(Keys.of("c" * 32).first.id.encode(), KEYS.first.id.encode())) is (
        StatementVerdict.CHANGED
    )


def test_no_seal_of_the_log_is_a_seal_of_a_statement() -> None:
    digest = hmac.new(KEYS.first.secret, CONTENT, sha256).hexdigest()
    assert verdict(CONTENT + f"Seal,{KEYS.first.id},{digest}\n".encode()) is StatementVerdict.CHANGED


def test_a_download_is_no_statement() -> None:
    download = b"Full name,School\nAda Bold,Seal Primary\n"
    assert not is_statement(download, download)
