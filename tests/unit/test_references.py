"""Every reference to a document of this repository leads somewhere: to a heading, or to a numbered row."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import pytest

ROOT: Final = Path(__file__).parents[2]
WHERE: Final = ("src/**/*.py", "src/**/*.html", "tests/**/*.py", "bench/*.py", "docs/**/*.md", "*.md")

_DOCUMENT: Final = r"(?P<document>[\w-]+)\.md"
_NUMBERS: Final = r"[0-9]+(?:(?:, | and | to )[0-9]+)*"
_NUMBERED: Final = rf",? (?:sections? |rules? )?(?P<numbers>{_NUMBERS})"
_HEADED: Final = r", \*(?P<heading>[^*]+)\*"
_ANSWERED: Final = r": (?P<status>[0-9]{3})"
REFERENCE: Final = re.compile(rf"{_DOCUMENT}(?:{_NUMBERED}|{_HEADED}|{_ANSWERED})?")
RULE: Final = re.compile(rf"service rules? (?P<numbers>{_NUMBERS})")
LINK: Final = re.compile(r"\]\((?P<path>[^)#:]+)(?:#(?P<anchor>[\w-]+))?\)")


class Reference(NamedTuple):
    """Where a text points to: a document, and a number or a heading in it, or neither."""

    document: str
    number: int | None = None
    heading: str | None = None


def references_in(text: str) -> Iterator[Reference]:
    plain = " ".join(re.sub(r"\n\s*(#|\*)?", " ", text).split())
    for found in REFERENCE.finditer(plain):
        document, heading = found["document"], found["heading"]
        numbers = list(numbers_in(found["numbers"] or found["status"] or ""))
        yield from (Reference(document, number) for number in numbers)
        if heading or not numbers:
            yield Reference(document, heading=heading)
    for found in RULE.finditer(plain):
        yield from (Reference("rules", number) for number in numbers_in(found["numbers"]))


def numbers_in(words: str) -> Iterator[int]:
    for first, last in re.findall(r"([0-9]+)(?: to ([0-9]+))?", words):
        yield from range(int(first), int(last or first) + 1)


@cache
def documents() -> dict[str, str]:
    paths = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "bench" / "README.md"]
    return {path.stem: path.read_text("utf-8") for path in paths}


def numbers_of(document: str) -> list[int]:
    rows = re.findall(r"^(?:\| |## |- )\*?([0-9]+)\*?[. |]", documents()[document], re.MULTILINE)
    return list(map(int, rows))


@cache
def numbered(document: str) -> frozenset[int]:
    return frozenset(numbers_of(document))


@cache
def headings(document: str) -> str:
    return "\n".join(re.findall(r"^(?:#+ .*|\*\*[^*]+\*\*)", documents()[document], re.MULTILINE)).replace("`", "")


def leads_nowhere(reference: Reference) -> bool:
    if reference.document not in documents():
        return True
    if reference.number is not None:
        return reference.number not in numbered(reference.document)
    return reference.heading is not None and reference.heading not in headings(reference.document)


FILES: Final = sorted({path for pattern in WHERE for path in ROOT.glob(pattern) if path.is_file()} - {Path(__file__)})


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_reference_leads_to_a_heading_or_a_numbered_row(path: Path) -> None:
    text = path.read_text("utf-8")
    assert [reference for reference in references_in(text) if leads_nowhere(reference)] == []


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".md"], ids=lambda path: path.name)
def test_each_link_of_a_document_leads_to_a_file(path: Path) -> None:
    links = LINK.findall(path.read_text("utf-8"))
    assert [link for link, _ in links if not (path.parent / link).exists()] == []


@pytest.mark.parametrize("document", ["rules", "security"])
def test_no_two_rows_have_one_number(document: str) -> None:
    assert [number for number, times in Counter(numbers_of(document)).items() if times > 1] == []


def test_a_reference_that_leads_nowhere_is_found() -> None:
    text = "a row of nothing.md, security.md 99, rules.md, *No such heading*, rules.md: 418 and service rule 77"
    assert len([reference for reference in references_in(text) if leads_nowhere(reference)]) == 5
