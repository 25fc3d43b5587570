"""The rows of a file in blocks, which depend only on the rows themselves."""

from itertools import chain, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from checkdata.adapters.feed.blocks import unread_blocks
from checkdata.adapters.feed.rows import rows_of
from checkdata.domain.feed.contents import FeedBlock

HEADER: Final = b"\xef\xbb\xbfname,note\n"
LINES: Final = st.sampled_from(
    (b"a,b\n", b"Zo\xc3\xab,\n", b"c,d\r\n", b"\n", b'"e",f\n', b'"g\nh",i\n', b'"j\n\nk\nl",m\n', b"n\ro,\n")
)
BODIES: Final = st.lists(LINES | st.binary(max_size=3).map(lambda cell: cell.hex().encode() + b",x\n"), max_size=300)


def blocks_of(body: bytes, header: bytes = HEADER) -> list[FeedBlock]:
    with TemporaryDirectory() as name:
        path = Path(name) / "file.csv"
        path.write_bytes(header + body)
        return list(unread_blocks(path))


def lines_of(body: bytes) -> list[int]:
    with TemporaryDirectory() as name:
        path = Path(name) / "file.csv"
        path.write_bytes(HEADER + body)
        return [row.line for row in rows_of(path)][1:]


def many(first: int, last: int) -> bytes:
    return b"".join(b"%d,%d\n" % (number, number * number) for number in range(first, last))


@given(BODIES, st.sampled_from((b"", b"last,row")))
def test_blocks_have_every_row_once_by_its_first_line(rows: list[bytes], last: bytes) -> None:
    body = b"".join(rows) + last
    blocks = blocks_of(body)
    found = list(chain.from_iterable(block.unread() for block in blocks))
    assert [line.line for line in found] == lines_of(body)
    assert all(one.line + one.lines == other.line for one, other in pairwise(blocks))
    assert all((block.digest is None) == (None in {line.digest for line in block.unread()}) for block in blocks)


@given(BODIES, BODIES)
def test_a_block_of_the_same_digest_has_rows_of_the_same_digests(one: list[bytes], other: list[bytes]) -> None:
    told = [
        {block.digest: [line.digest for line in block.unread()] for block in blocks_of(b"".join(rows)) if block.digest}
        for rows in (one, [*other, *one])
    ]
    assert all(told[0][digest] == told[1][digest] for digest in told[0].keys() & told[1].keys())


@given(st.integers(0, 3000), st.integers(0, 5), st.integers(0, 5))
def test_rows_that_come_and_go_make_no_other_block_than_their_own_another_one(at: int, gone: int, come: int) -> None:
    before = blocks_of(many(0, 3000))
    after = blocks_of(many(0, at) + many(9000, 9000 + come) + many(at + gone, 3000))
    others = {block.digest for block in after} - {block.digest for block in before}
    # A row that comes may end a block, as one that goes may have done.
    assert len(others) <= come + 1


def test_long_before_any_checksum_ends_a_block_it_ends() -> None:
    blocks = blocks_of(b"the same,again\n" * 100_000)
    assert sum(block.lines for block in blocks) == 100_000
    assert max(block.lines for block in blocks) < 50_000


def test_the_same_rows_below_another_header_are_another_block() -> None:
    one, other = (blocks_of(many(0, 100), header) for header in (b"a,b\n", b"b,a\n"))
    assert {block.digest for block in one}.isdisjoint(block.digest for block in other)
