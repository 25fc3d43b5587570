"""What every page has: a title of its own, headings in order, and landmarks in their places."""

import re
from pathlib import Path
from typing import Final, TypedDict

SHAPE: Final = Path(__file__).with_suffix(".js").read_text()
"""A function of the browser that tells the `Shape` of its page."""

OF_TWINS: Final = re.compile("^/(ects|policy|support)/")
"""Where the same page is for other roles."""

NAMELESS: Final = re.compile(r"(?<=/)([\w-]{75}|[0-9a-f]{32}|dsa-\d+)(?=/|$)")
"""What stands in an address for a link, a nomination or an agreement; one step is the same page for all of them."""

TITLES: Final[dict[tuple[str, str], str]] = {}
"""The path at which a title was first seen at a host, for pages that exist."""


class Shape(TypedDict):
    """What a page tells of itself."""

    faults: list[str]
    title: str
    host: str
    path: str


def assert_shape(shape: Shape, *, is_there: bool) -> None:
    """A page has no fault and, if it exists, no other page's title."""
    assert not shape["faults"], f"{shape['path']}, {shape['title']}: {shape['faults']}"
    if is_there:
        path = NAMELESS.sub("", OF_TWINS.sub("/", shape["path"]))
        first = TITLES.setdefault((shape["host"], shape["title"]), path)
        assert first == path, f"no two pages have the title {shape['title']}: {first} and {path}"
