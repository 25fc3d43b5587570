"""How databases compare a text with an id as Python does, whatever collation or type its column has."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

SAME_TEXT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "sqlite": "({column} = {value} AND (+{column}) COLLATE BINARY = {value})",
        "postgresql": '({column} = {value} AND concat({column}) COLLATE "C" = CAST({value} AS text))',
    }
)
"""The condition that a column holds exactly a text, by dialect.

The first half may use an index and may be true of too many rows: under NOCASE, of a citext, a number or a char(n). The
second is exact: ``+`` takes a column's affinity from it, so that 12 is not '12', and ``concat`` keeps the spaces at the
end of a char(n).
"""


def same_text(dialect: str, column: str, value: str) -> str:
    """The condition in a dialect; `TypeError` for one that is not known, whose texts may compare in any way."""
    if dialect not in SAME_TEXT:
        raise TypeError(f"dialect: expected {' or '.join(SAME_TEXT)}, not {dialect}")
    return SAME_TEXT[dialect].format(column=column, value=value)
