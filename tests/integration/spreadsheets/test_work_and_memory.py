"""Any file of a user is read or refused in the time and the memory that are promised (security.md 38).

Each is read in a process of its own, whose clock and memory are looked at. Files of a few kilobytes unpack to 50 MB.
"""

import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Final

import pytest

from tests.integration.spreadsheets.workbook_builder import (
    MAIN,
    PACKAGE,
    SHEET,
    STRINGS,
    sheet_of,
    strings_of,
    workbook_of,
)

MOST_SECONDS: Final = 20
"""Of a processor, where 30 on a clock are promised; the slowest takes 5."""

MOST_MEBIBYTES: Final = 250
"""Above a process that has read nothing but the file's bytes; `lists_at_once` reckons with it."""

READ: Final = """
import sys, time
from tests.stopped_clock import read_list
from checkdata.domain.errors import ListRefused

def peak():
    with open("/proc/self/status") as status:
        return int(next(line for line in status if line.startswith("VmHWM")).split()[1]) // 1024

file = sys.stdin.buffer.read()
before = peak()
try:
    said = f"{len(read_list(file))} rows"
except ListRefused as refused:
    said = str(refused)
print(time.process_time(), peak() - before, said)
"""

TOO_MUCH: Final = "There is too much in the workbook"
DAMAGED: Final = "The workbook is damaged"
FIFTY: Final = 50_000_000
WORKBOOK: Final = "xl/workbook.xml"
PARTS: Final = "xl/_rels/workbook.xml.rels"


def in_cell(text: str) -> str:
    return sheet_of(f'<row><c r="A1" t="str"><v>{text}</v></c></row>')


def sheets(elements: str) -> str:
    return f'<workbook xmlns="{MAIN}"><sheets>{elements}</sheets></workbook>'


def referring(elements: str) -> str:
    return f'<Relationships xmlns="{PACKAGE}">{elements}</Relationships>'


def attributes(number: int, first: int = 0) -> str:
    return " ".join(f'a{n}=""' for n in range(first, first + number))


WORKBOOKS: Final[Mapping[str, tuple[str, Callable[[], str], str]]] = {
    "an attribute of 50 MB": (SHEET, lambda: sheet_of(f'<row a="{"x" * FIFTY}"/>'), TOO_MUCH),
    "two million attributes": (SHEET, lambda: sheet_of(f"<row {attributes(2_000_000)}/>"), TOO_MUCH),
    "two million names": (
        SHEET,
        lambda: sheet_of("".join(f"<row {attributes(30, row * 30)}/>" for row in range(66_000))),
        TOO_MUCH,
    ),
    "seven million attributes": (SHEET, lambda: sheet_of(f"<row {attributes(2000)}/>" * 3500), "0 rows"),
    "a comment of 50 MB": (SHEET, lambda: sheet_of(f"<!--{'x' * FIFTY}-->"), TOO_MUCH),
    "a processing instruction of 50 MB": (SHEET, lambda: sheet_of(f"<?x {'x' * FIFTY}?>"), TOO_MUCH),
    "a text of 50 MB": (SHEET, lambda: in_cell("x" * FIFTY), TOO_MUCH),
    "a CDATA section of 50 MB": (SHEET, lambda: in_cell(f"<![CDATA[{'x' * FIFTY}]]>"), TOO_MUCH),
    "a text beside cells of 50 MB": (SHEET, lambda: sheet_of("x" * FIFTY), "0 rows"),
    "a name of 50 MB": (SHEET, lambda: sheet_of(f"<{'x' * FIFTY}/>"), TOO_MUCH),
    "many long names": (SHEET, lambda: sheet_of("".join(f"<{'x' * 249_000}{n}/>" for n in range(200))), TOO_MUCH),
    "a tag that never ends": (SHEET, lambda: "<" + "x" * FIFTY, TOO_MUCH),
    "ten million empty cells": (SHEET, lambda: sheet_of(f"<row>{'<c/>' * 16_000}</row>" * 625), TOO_MUCH),
    "deep again and again": (SHEET, lambda: sheet_of(("<a>" * 90 + "</a>" * 90) * 60_000), "0 rows"),
    "long numbers": (SHEET, lambda: sheet_of(f"<row><c><v>{'9' * 250_000}</v></c></row>" * 200), DAMAGED),
    "a shared string of 50 MB": (STRINGS, lambda: strings_of(f"<si><t>{'x' * FIFTY}</t></si>"), TOO_MUCH),
    "many long shared strings": (
        STRINGS,
        lambda: strings_of(f"<si><t>{'x' * 200_000}\N{GRINNING FACE}</t></si>" * 300),
        TOO_MUCH,
    ),
    "very many shared strings": (STRINGS, lambda: strings_of("<si><t>ab</t></si>" * 1_999_999), "2 rows"),
    "a shared string of very many pieces": (
        STRINGS,
        lambda: strings_of(f"<si>{'<t>a</t>' * 2_000_000}</si>"),
        TOO_MUCH,
    ),
    "three million sheets": (WORKBOOK, lambda: sheets('<sheet a="" b=""/>' * 3_000_000), TOO_MUCH),
    "one sheet again and again": (WORKBOOK, lambda: sheets('<sheet id="r1"/>' * 3_000_000), TOO_MUCH),
    "a million relationships": (
        PARTS,
        lambda: referring("".join(f'<Relationship Id="{n}" Target="a"/>' for n in range(500_000))),
        TOO_MUCH,
    ),
}


def done_with(file: bytes, said: str) -> None:
    """See that a process reads the file in time and memory, and what it says of it."""
    done = subprocess.run([sys.executable, "-c", READ], input=file, capture_output=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    seconds, mebibytes, sentence = done.stdout.decode().split(maxsplit=2)
    assert said in sentence
    assert float(seconds) < MOST_SECONDS
    assert int(mebibytes) < MOST_MEBIBYTES


@pytest.mark.parametrize(("part", "made", "said"), WORKBOOKS.values(), ids=WORKBOOKS)
def test_a_workbook_is_done_with_in_time_and_memory(part: str, made: Callable[[], str], said: str) -> None:
    done_with(workbook_of({part: made()}), said)


def test_a_package_of_very_many_files_is_refused_before_they_are_listed() -> None:
    done_with(b"PK\x03\x04" + b"PK\x01\x02".ljust(47, b"\0") * 200_000, TOO_MUCH)


MISPLACED: Final = "a quotation mark out of place in row"
TOO_WIDE: Final = "in column CW or beyond"

LISTS: Final[Mapping[str, tuple[bytes, str]]] = {
    "only commas": (b",", TOO_WIDE),
    "only line ends": (b"\n", "0 rows"),
    "only carriage returns": (b"\r", "0 rows"),
    "only quotes": (b'"', MISPLACED),
    "quoted cells of nothing": (b'"",', TOO_WIDE),
    "short cells": (b"ab,", TOO_WIDE),
    "cells over two lines": (b'"\n",a,b,c,d,', TOO_WIDE),
    "short rows": (b"a\r", "more than 20,000 rows"),
    "only spaces": (b" ", "too much text in row 1, column A"),
    "one cell": (b"a", "too much text in row 1, column A"),
    "a quote that is never closed": (b'"a\n', MISPLACED),
}


@pytest.mark.parametrize(("again", "said"), LISTS.values(), ids=LISTS)
def test_a_csv_of_10_mb_is_done_with_in_time_and_memory(again: bytes, said: str) -> None:
    done_with(again * (9_900_000 // len(again)), said)
