"""The tables of the department's register of schools."""

from typing import Final

from sqlalchemy import Column, Date, ForeignKey, Integer, Table, Text

from checkdata.adapters.sql.column_types import Words
from checkdata.adapters.sql.schema import metadata

school_register: Final = Table(
    "school_register",
    metadata,
    Column("urn", Words, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_key", Words, nullable=False, index=True),
    Column("state", Words, nullable=False),
    Column("closed_on", Date),
)
"""``name_key`` is the folded name, by which a school is found."""

school_successors: Final = Table(
    "school_successors",
    metadata,
    Column("urn", Words, ForeignKey("school_register.urn"), primary_key=True),
    Column("successor", Words, ForeignKey("school_register.urn"), primary_key=True, index=True),
    Column("steps", Integer, nullable=False),
)
"""Which schools follow another one; those of one step are as the register tells them, the others follow from these."""
