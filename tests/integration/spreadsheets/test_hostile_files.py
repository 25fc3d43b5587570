"""Files that are made to take a server down: each is refused, in a process with little memory (security.md 38)."""

import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Final
from zipfile import ZIP_BZIP2, ZIP_LZMA

import pytest

from checkdata.domain.errors import ListRefused
from tests.integration.spreadsheets.workbook_builder import MAIN, SHEET, STRINGS, sheet_of, strings_of, workbook_of
from tests.stopped_clock import read_list

MEMORY: Final = 512 * 2**20
READ: Final = f"""
import resource, sys
from tests.stopped_clock import read_list
from checkdata.domain.errors import ListRefused
file = sys.stdin.buffer.read()
resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
try:
    print(len(read_list(file)), "rows")
except ListRefused as refused:
    print(refused)
"""


def said_of(file: bytes) -> str:
    """What a process that may have half a gigabyte says of the file."""
    done = subprocess.run([sys.executable, "-c", READ], input=file, capture_output=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return done.stdout.decode()


def entities(count: int) -> str:
    """The billion laughs: each entity ten times the one before."""
    defined = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, count))
    return f'<!DOCTYPE sst [<!ENTITY e0 "ha">{defined}]>{strings_of(f"<si><t>&e{count - 1};</t></si>")}'


def external(system: str) -> str:
    return f'<!DOCTYPE sst [<!ENTITY e SYSTEM "{system}">]>{strings_of("<si><t>&e;</t></si>")}'


HUGE: Final = " " * 70_000_000
DAMAGED: Final = "The workbook is damaged"
TOO_MUCH: Final = "There is too much in the workbook"
CELL: Final = '<c r="A{0}" t="s"><v>0</v></c>'


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        pytest.param({SHEET: sheet_of(HUGE)}, TOO_MUCH, id="zip bomb"),
        pytest.param({STRINGS: strings_of(f"<si><t>{HUGE}</t></si>")}, TOO_MUCH, id="zip bomb of one text"),
        pytest.param({STRINGS: strings_of("<si/>" * 2_000_001)}, TOO_MUCH, id="two million strings"),
        pytest.param({STRINGS: entities(10)}, DAMAGED, id="billion laughs"),
        pytest.param({SHEET: entities(10)}, DAMAGED, id="billion laughs in the sheet"),
        pytest.param({STRINGS: external("file:///etc/passwd")}, DAMAGED, id="external entity"),
        pytest.param({STRINGS: external("http://127.0.0.1:9/x")}, DAMAGED, id="entity from elsewhere"),
        pytest.param({STRINGS: entities(10).encode("utf-16")}, DAMAGED, id="billion laughs in another encoding"),
        pytest.param(
            {SHEET: sheet_of(("<row>" + "<c/>" * 16_000 + "</row>") * 376)}, TOO_MUCH, id="six million empty cells"
        ),
        pytest.param({SHEET: sheet_of("<row>" + "<c/>" * 3_000_000 + "</row>")}, DAMAGED, id="one long row"),
        pytest.param({SHEET: sheet_of('<row r="1048576"/><row/>')}, DAMAGED, id="more rows than Excel has"),
        pytest.param({SHEET: sheet_of('<row r="99999999999999"/>')}, DAMAGED, id="a row far away"),
        pytest.param({SHEET: sheet_of('<row r="2"/><row r="1"/>')}, DAMAGED, id="rows backwards"),
        pytest.param({SHEET: sheet_of('<row><c r="AAAA1"><v>1</v></c></row>')}, DAMAGED, id="a column far away"),
        pytest.param({SHEET: sheet_of(f'<row><c r="{"A" * 200_000}1"/></row>')}, DAMAGED, id="a long place"),
        pytest.param({SHEET: sheet_of('<row><c t="s"><v>7</v></c></row>')}, DAMAGED, id="a string that is not there"),
        pytest.param({SHEET: sheet_of("<row><c><v>one</v></c></row>")}, DAMAGED, id="a number that is none"),
        pytest.param({SHEET: sheet_of("<row><c>")}, DAMAGED, id="not well formed"),
        pytest.param({SHEET: "<a>" * 5_000_000}, DAMAGED, id="endlessly deep"),
        pytest.param({SHEET: None}, DAMAGED, id="no sheet"),
        pytest.param({"_rels/.rels": None}, DAMAGED, id="no workbook"),
        pytest.param({"xl/workbook.xml": f'<workbook xmlns="{MAIN}"/>'}, "0 rows", id="no sheets"),
        pytest.param(
            {
                STRINGS: strings_of("<si><t>" + "x" * 32_000 + "</t></si>"),
                SHEET: sheet_of("".join(f"<row>{CELL.format(row)}</row>" for row in range(1, 20_000))),
            },
            TOO_MUCH,
            id="one long text in every cell",
        ),
        pytest.param(
            {STRINGS: strings_of("<si><t>" + "x" * 40_000 + "</t></si>")},
            "too much text in row 1, column A",
            id="long cell",
        ),
    ],
)
def test_a_hostile_workbook_is_refused_within_half_a_gigabyte(parts: Mapping[str, str | bytes], said: str) -> None:
    assert said in said_of(workbook_of(parts))


def patched(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda file: file.replace(old, new)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda file: file[: len(file) // 2], id="half a file"),
        pytest.param(lambda file: file[:100], id="its beginning"),
        pytest.param(lambda file: file[:200] + b"\0" * 200 + file[400:], id="overwritten"),
        pytest.param(patched(b"PK\x01\x02", b"PK\x09\x09"), id="no directory"),
        pytest.param(patched(b"PK\x05\x06", b"PK\x05\x07"), id="no end"),
        pytest.param(lambda _: workbook_of({}, ZIP_BZIP2), id="packed by bzip2"),
        pytest.param(lambda _: workbook_of({}, ZIP_LZMA), id="packed by lzma"),
        pytest.param(lambda _: b"PK\x03\x04 and more", id="only its first letters"),
    ],
)
def test_a_damaged_workbook_is_refused(spoil: Callable[[bytes], bytes]) -> None:
    with pytest.raises(ListRefused, match=DAMAGED):
        read_list(spoil(workbook_of({})))


def test_an_encrypted_part_is_refused() -> None:
    file = bytearray(workbook_of({}))
    place = -1
    while (place := file.find(b"PK\x01\x02", place + 1)) >= 0:
        file[place + 8] |= 1
    with pytest.raises(ListRefused, match=DAMAGED):
        read_list(bytes(file))


def test_a_part_that_unpacks_to_more_than_it_says_is_refused() -> None:
    honest = workbook_of({STRINGS: strings_of("<si><t>" + "x" * 5000 + "</t></si>")})
    size = len(strings_of("<si><t>" + "x" * 5000 + "</t></si>"))
    with pytest.raises(ListRefused, match=DAMAGED):
        read_list(honest.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little")))


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("Workbook", "old format of Excel"),
        ("EncryptedPackage", "The workbook has a password"),
    ],
)
def test_an_old_or_a_locked_workbook_is_refused_with_what_to_do(inside: str, said: str) -> None:
    compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000 + inside.encode("utf-16-le") + b"\0" * 1000
    with pytest.raises(ListRefused, match=said):
        read_list(compound)


def test_another_kind_of_package_is_refused() -> None:
    with pytest.raises(ListRefused, match=DAMAGED):
        read_list(workbook_of({"xl/workbook.xml": None, "_rels/.rels": None, "Index/Document.iwa": "numbers"}))
