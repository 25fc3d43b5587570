"""The templates, in which nothing is shown that was not given (security.md 36)."""

from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader, StrictUndefined, Undefined

from checkdata.entrypoints.web.presentation import words

_GOVUK = "govuk_frontend_jinja"


class _Missing(Undefined):
    """A name that is not there is an error; an option that a GOV.UK macro was not given is empty."""

    def __new__(cls, hint: str | None = None, obj: Any = None, *args: Any, **options: Any) -> Any:  # noqa: ANN401
        """Make the one or the other, by what it is missing from."""
        kind = Undefined if isinstance(obj, dict) else StrictUndefined
        return kind(hint, obj, *args, **options)


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
        extensions=["jinja2.ext.do"],
        undefined=_Missing,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(
        day=words.day,
        clock_time=words.clock_time,
        day_and_time=words.day_and_time,
        duration=words.duration,
        role_name=words.ROLE_NAMES.__getitem__,
    )
    return environment
