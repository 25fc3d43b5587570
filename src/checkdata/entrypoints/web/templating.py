"""The templates; they show only what they were given (security.md 36)."""

import re
from functools import cache
from typing import Any, Final

from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader, StrictUndefined, Undefined
from jinja2.ext import Extension

from checkdata.domain.typed_text import displayed
from checkdata.domain.values import day_in_words
from checkdata.entrypoints.web.presentation import days_and_times, nominations, proposals
from checkdata.entrypoints.web.presentation.column_headings import column_headings
from checkdata.entrypoints.web.presentation.names import with_role

_INDENTATION: Final = re.compile(r"^[ \t]+", re.MULTILINE)
_GOVUK: Final = "govuk_frontend_jinja"
_LEFT_OPEN: Final = (None, "caller", "undefined", "null")


class _WithoutIndentation(Extension):
    """Takes the indentation of templates away as they are loaded, a tenth of what a page has around its rows."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002 - Jinja's
        """The source as it is compiled; its lines keep their numbers."""
        return _INDENTATION.sub("", source)


class _LeftOpen(Undefined):
    """An empty value that is drawn quickly, without a look for its own HTML; a page has some thirty."""

    __slots__ = ()

    def __html__(self) -> str:
        return ""


class _Missing(Undefined):
    """An unknown name is an error, except what GOV.UK's macros leave open, which is empty.

    They leave open an option that they were not given, an ``if`` without ``else``, a ``caller`` that may be missing,
    and JavaScript's names for nothing.
    """

    def __new__(cls, hint: str | None = None, obj: Any = None, name: str | None = None, *rest: Any) -> Any:  # noqa: ANN401
        """Make an empty value or an error, depending on where the name is missing."""
        is_left_open = isinstance(obj, dict) or name in _LEFT_OPEN
        kind = _LeftOpen if is_left_open else StrictUndefined
        return kind(hint, obj, name, *rest)


def _shown(value: object) -> object:
    """Text that was not escaped yet as it can be shown; anything else as it is."""
    return displayed(value) if type(value) is str else value


@cache
def templates() -> Environment:
    """The environment of every page: everything is escaped, and a forgotten name stops the page."""
    environment = Environment(
        loader=ChoiceLoader(
            [
                PrefixLoader({_GOVUK: PackageLoader(_GOVUK)}),
                PackageLoader("checkdata.entrypoints.web"),
            ]
        ),
        autoescape=True,
        extensions=["jinja2.ext.do", _WithoutIndentation],
        undefined=_Missing,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(
        day=day_in_words,
        month_in_words=days_and_times.month_in_words,
        clock_time=days_and_times.clock_time,
        day_and_time=days_and_times.day_and_time,
        duration=days_and_times.duration,
        counted=days_and_times.counted,
        with_commas=days_and_times.with_commas,
        academic_years=days_and_times.academic_years,
        with_role=with_role,
        role_name=days_and_times.ROLE_NAMES.__getitem__,
        state_name=nominations.STATE_NAMES.__getitem__,
        state_colour=nominations.STATE_COLOURS.__getitem__,
        next_step=nominations.next_step_in_words,
        whose_move=nominations.whose_move,
        age=nominations.age_in_words,
        proposal_state=proposals.proposal_state,
        proposal_title=proposals.proposal_title,
        what_changes=proposals.what_changes,
        widening=proposals.WIDENINGS.__getitem__,
        difference=proposals.DIFFERENCES.__getitem__,
        column_headings=column_headings,
    )
    return environment
