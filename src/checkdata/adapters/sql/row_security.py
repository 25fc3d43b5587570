"""Tells PostgreSQL whose rows of listings a transaction may read (security.md 29).

Behind the conditions that each question has by itself stand policies of the database's own: a role other than the
owner's reads the rows of the organisation, or of the participant, that its transaction was told of, and without being
told none (`checkdata.adapters.sql.generation_access`). A question that forgot its scope finds nothing.
"""

from typing import Final

from sqlalchemy import Text, bindparam, func, select, true

_SETTINGS: Final = ("delivery_partner_id", "appropriate_body_id", "participant_id")
"""The columns by which rows are let read; the policies read settings of these names."""

LET_READ: Final = select(
    *(func.set_config(f"checkdata.{name}", bindparam(name, type_=Text), true()).label(name) for name in _SETTINGS)
)
"""Sets whose rows a transaction may read, in place of what was set before."""


def readable_rows(column: str, value: str) -> dict[str, str]:
    """The parameters of ``LET_READ``: rows where *column* is *value*, and no others."""
    return {**dict.fromkeys(_SETTINGS, ""), column: value}
