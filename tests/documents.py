"""The documents as the tests read them: the pages of the site, and the blocks of code on them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from attrs import frozen
from mkdocs_hooks import OUTSIDE

ROOT: Final = Path(__file__).parents[1]
DOCS: Final = ROOT / "docs"

_BLOCK: Final = re.compile(
    r"^(?:<!-- (?P<mark>[^\n]*) -->\n)?```(?P<language>\w*)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL
)
_CELL: Final = re.compile(r"(?<!\\)\|")


@frozen
class Block:
    """A block of code, and what the comment above it says: why it is not run, or which test checks it."""

    language: str
    code: str
    mark: str


def pages() -> list[Path]:
    """Every document that the site shows."""
    return sorted([*DOCS.rglob("*.md"), *(ROOT / path for path in OUTSIDE)])


def blocks(page: Path) -> list[Block]:
    """The blocks of a page in their order."""
    return [
        Block(found["language"], found["code"], found["mark"] or "")
        for found in _BLOCK.finditer(page.read_text(encoding="utf-8"))
    ]


def script(page: Path) -> str:
    """The blocks of Python that a reader runs one after the other."""
    return "\n\n".join(block.code for block in blocks(page) if block.language == "python" and not block.mark)


def printed(page: Path) -> str:
    """What the page says that they print."""
    return "".join(block.code for block in blocks(page) if block.language == "text" and not block.mark)


def indented_code(page: Path) -> Iterator[str]:
    """The first lines of blocks without a fence, which would be shown and never checked."""
    in_list, before = False, ""
    for line in _BLOCK.sub("", page.read_text(encoding="utf-8")).splitlines():
        if line and not line.startswith(" "):
            in_list = re.match(r"[-*] |[0-9]+\. ", line) is not None
        if line.startswith("    ") and not before and not in_list:
            yield line
        before = line


def tables(page: Path, heading: str) -> list[list[str]]:
    """The rows of the table below a heading, without its first two lines."""
    section = page.read_text(encoding="utf-8").partition(f"\n{heading}\n")[2].partition("\n#")[0]
    rows = [_CELL.split(line)[1:-1] for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]
