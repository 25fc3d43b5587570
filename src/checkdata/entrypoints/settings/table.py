"""The settings as a table in Markdown, for docs/settings.md."""

from collections.abc import Sequence
from typing import Any, Final

from checkdata.entrypoints.settings.every import SETTINGS
from checkdata.entrypoints.settings.setting import Setting

_HEADINGS: Final = ("variable", "meaning", "values", "unless set", "used by")


def table() -> str:
    """Every setting in a row of its own, in the order in which they are declared."""
    rows = [_HEADINGS, ["---"] * len(_HEADINGS), *map(_cells, SETTINGS.values())]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cells(setting: Setting[Any]) -> Sequence[str]:
    used_by = ", ".join(f"`{command}`" for command in setting.needed_by) or "every command"
    variables = ", ".join(f"`{name}`" for name in setting.variables)
    return variables, setting.meaning, setting.values, setting.unless_set, used_by
