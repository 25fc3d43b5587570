"""A page read as its user reads it: headings, links, forms and tables."""

from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from typing import Final

from attrs import define, field

_ENDED_BY: Final[Mapping[str, frozenset[str]]] = {
    "td": frozenset({"td", "th", "tr", "/tr", "/tbody", "/thead"}),
    "th": frozenset({"td", "th", "tr", "/tr", "/tbody", "/thead"}),
    "tr": frozenset({"tr", "/tbody", "/thead"}),
    "option": frozenset({"option", "/select", "/optgroup"}),
}
"""What ends an element that HTML lets a page leave open (HTML 13.1.2.4)."""
_VOID: Final = frozenset({"base", "meta", "link", "input", "br", "hr", "img", "path", "rect", "wbr"})


@define
class Element:
    """An element with what is in it."""

    tag: str
    attributes: Mapping[str, str]
    children: list["Element | str"] = field(factory=list)

    @property
    def text(self) -> str:
        """All text within, spaces as one."""
        return " ".join(self._raw_text().split())

    def all(self, tag: str, **attributes: str) -> Sequence["Element"]:
        """The elements within that have this tag and these attributes."""
        found: list[Element] = []
        for child in self.children:
            if isinstance(child, Element):
                if child.tag == tag and attributes.items() <= child.attributes.items():
                    found.append(child)
                found.extend(child.all(tag, **attributes))
        return found

    def one(self, tag: str, **attributes: str) -> "Element":
        """The only such element."""
        (found,) = self.all(tag, **attributes)
        return found

    def link(self, text: str) -> str:
        """Where the link with this text leads."""
        (href,) = {link.attributes["href"] for link in self.all("a") if link.text == text}
        return href

    def _raw_text(self) -> str:
        return "".join(child if isinstance(child, str) else child._raw_text() for child in self.children)  # noqa: SLF001

    def own_text(self) -> str:
        """The text that is in no element within: a cell's value without its hint."""
        return " ".join("".join(child for child in self.children if isinstance(child, str)).split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("document", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._end_what_is_ended_by(tag)
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names), f"<{tag}> has an attribute twice"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        self._end_what_is_ended_by(f"/{tag}")
        if tag not in _VOID:
            assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
            self.open.pop()

    def _end_what_is_ended_by(self, tag: str) -> None:
        while tag in _ENDED_BY.get(self.open[-1].tag, ()):
            self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read(html: str) -> Element:
    """The page's root; fails where elements are not nested."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert len(reader.open) == 1, f"<{reader.open[-1].tag}> is not closed"
    return reader.open[0]
