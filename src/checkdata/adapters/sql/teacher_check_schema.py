"""The tables of what a directory of teachers was asked and answered, and of its messages."""

from typing import Final

from sqlalchemy import Boolean, Column, Index, Table

from checkdata.adapters.sql.column_types import Moment, Words
from checkdata.adapters.sql.schema import metadata

teacher_answers: Final = Table(
    "teacher_answers",
    metadata,
    Column("trn", Words, primary_key=True),
    Column("date_of_birth", Words, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("standing", Words, nullable=False),
    Column("waits", Boolean, nullable=False),
    Column("found", Words),
)
"""``date_of_birth`` is a word, as in training records. ``found`` is what the directory told of the teacher, until a
listing has taken it in."""

teacher_messages: Final = Table(
    "teacher_messages",
    metadata,
    Column("signed", Words, primary_key=True),
    Column("trn", Words),
    Column("at", Moment, nullable=False),
)
"""Each message by a digest of what was signed; of whom it told, and not what."""

Index("ix_teacher_messages_trn", teacher_messages.c.trn)
