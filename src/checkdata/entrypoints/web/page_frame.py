"""The frame of every page: drawn once for all pages with the same links, and filled in for each.

The design system's macros take longer to draw it than everything else on a page. What belongs to one user, browser or
request is filled in, and never kept.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from attrs import field, frozen
from jinja2 import Environment
from markupsafe import Markup, escape

from checkdata.domain.typed_text import displayed
from checkdata.entrypoints.web.presentation.navigation import NavigationLink
from checkdata.entrypoints.web.presentation.session_end import SessionEnd

_PAGE: Final = ("title", "headings", "before", "body")
"""The slots that the page itself fills, in order."""

_FILLED: Final = ("nonce", "csrf_token", "name", "get_help", "seconds_left", "time")

_BLANK_LINES: Final = re.compile(r"\s*\n\s*")
_SLOT: Final = re.compile("\x02([a-z_]+)\x03")  # text of ours has none of these, text from outside loses them
_SLOTS: Final = {name: Markup(f"\x02{name}\x03") for name in (*_PAGE, *_FILLED)}  # noqa: S704 - words of ours

_KEPT: Final = 200
"""How many frames are kept; each takes about 6 kB, and those of partners differ only in their links."""


@frozen
class _Kind:
    """What frames differ in that are kept; ``for_good`` is None if not signed in."""

    links: tuple[NavigationLink, ...]
    for_good: bool | None
    closed: bool


@frozen
class PageFrames:
    """The frames of the pages of one site."""

    templates: Environment
    common: Mapping[str, object]
    _drawn: dict[_Kind, Sequence[str]] = field(factory=dict)

    def around(
        self,
        links: Sequence[NavigationLink],
        end: SessionEnd | None,
        filled: Mapping[str, str],
        *,
        closed: bool = False,
    ) -> Sequence[Markup]:
        """The five pieces of the frame around title, headings of tables, back link and body.

        *end* is None if not signed in; where the service is *closed* the footer has no links.
        """
        parts = self._parts(_Kind(tuple(links), None if end is None else end.for_good, closed=closed))
        values = {name: str(escape(displayed(text))) for name, text in filled.items()} | dict.fromkeys(_PAGE, "\x02")
        if end is not None:
            values |= {"seconds_left": str(end.seconds_left), "time": end.time}
        drawn = "".join(values[part] if number % 2 else part for number, part in enumerate(parts))
        return [Markup(part) for part in drawn.split("\x02")]  # noqa: S704 - drawn by a template, filled with escaped text

    def _parts(self, kind: _Kind) -> Sequence[str]:
        """HTML and names of slots, alternating."""
        parts = self._drawn.get(kind)
        if parts is None:
            parts = _SLOT.split(self._draw(kind))
            if len(self._drawn) >= _KEPT:
                self._drawn.clear()
            self._drawn[kind] = parts
        return parts

    def _draw(self, kind: _Kind) -> str:
        frame = self.templates.get_template("page_frame.html")
        end = None if kind.for_good is None else {**_SLOTS, "for_good": kind.for_good}
        filled = {"navigation": kind.links, "ending": end, "closed": kind.closed, "slots": _SLOTS}
        drawn = frame.render({**self.common, **filled})
        return _BLANK_LINES.sub("\n", drawn)
