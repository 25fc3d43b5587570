"""Which rows of listings a transaction on PostgreSQL may read: those of the one it is for (security.md 29).

Behind the conditions that each question has by itself stand policies of the database's own: a role other than the
owner's reads the rows of the organisation, or of the participant, that its transaction was told of, and without being
told none. A question that forgot its scope finds nothing.
"""

from typing import Final

from sqlalchemy import Text, bindparam, func, select, true

_SETTINGS: Final = ("delivery_partner_id", "appropriate_body_id", "participant_id")
"""By what rows may be told; the policies read settings of these names."""

LET_READ: Final = select(
    *(func.set_config(f"checkdata.{name}", bindparam(name, type_=Text), true()) for name in _SETTINGS)
)
"""Tells a transaction whose rows it may read, and ends what was said before."""


def readable_rows(column: str, value: str) -> dict[str, str]:
    """The parameters of ``LET_READ``: rows where *column* is *value*, and no others."""
    return {**dict.fromkeys(_SETTINGS, ""), column: value}
