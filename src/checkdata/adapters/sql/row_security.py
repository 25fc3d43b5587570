"""Tells PostgreSQL whose rows of listings a transaction may read (security.md 29).

Each query has its own conditions. Behind them the database has policies: a role other than the owner's reads only the
rows of the organisation, or of the participant, that its transaction named, and none if it named none. A query that
forgot its scope finds nothing.
"""

from typing import Final

from sqlalchemy import Text, bindparam, func, select, true

_SETTINGS: Final = ("delivery_partner_id", "appropriate_body_id", "participant_id")
"""The columns by which rows are let read; the policies read settings of these names."""

LET_READ: Final = select(
    *(func.set_config(f"checkdata.{name}", bindparam(name, type_=Text), true()) for name in _SETTINGS)
)
"""Sets whose rows a transaction may read, in place of what was set before."""


def readable_rows(column: str, value: str) -> dict[str, str]:
    """The parameters of ``LET_READ``: rows where *column* is *value*, and no others."""
    return {**dict.fromkeys(_SETTINGS, ""), column: value}
