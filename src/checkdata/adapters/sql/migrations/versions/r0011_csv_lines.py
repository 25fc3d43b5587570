"""The line of CSV that each row of a listing is, made by the database; it takes the place of what told unsafe rows.

The listings are made anew, for the line stands in front of what is shown, which no column can be moved to.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

from checkdata.adapters.sql.column_types import Moment, Number, Words

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_STARTS: Final = "=+-@\t\r\n＝＋－＠"

_ROLES: Final = {"ect": "Early career teacher", "mentor": "Mentor"}
_PROGRAMMES: Final = {"fip": "Provider-led", "cip": "School-led", "diy": "School-led", "other": "Other"}
_STATUSES: Final = {
    "contacted_for_information": "Contacted for information",
    "dfe_checking_eligibility": "DfE checking eligibility",
    "not_eligible_for_funded_training": "Not eligible for funded training",
    "checking_qts": "Checking QTS",
    "training_or_eligible_for_training": "Training or eligible for training",
    "participant_deferred": "Participant deferred",
    "no_longer_being_trained": "No longer being trained",
    "induction_completed": "Induction completed",
}
_BODYS_STATUSES: Final = _STATUSES | {
    "dfe_checking_eligibility": "No induction registered",
    "training_or_eligible_for_training": "Induction confirmed",
    "no_longer_being_trained": "ECT not currently linked to you",
}


def upgrade() -> None:
    """Make the listings anew with their lines."""
    for name, organisation, line in _listings():
        made = sa.Column("csv_line", sa.Text, sa.Computed(line, persisted=True), nullable=False)
        _make_anew(name, organisation, _columns(organisation, in_front=made))


def downgrade() -> None:
    """Make them anew without."""
    for name, organisation, _ in _listings():
        columns = _columns(organisation)
        unsafe = sa.Column("unsafe", sa.Boolean, nullable=False)
        _make_anew(name, organisation, [*columns, unsafe], unsafe=_any_unsafe())


def _make_anew(name: str, organisation: str, columns: Sequence[sa.Column[Any]], **filled: str) -> None:
    kept = [column.name for column in columns if column.computed is None and column.name not in filled]
    op.execute(f"CREATE TABLE kept AS SELECT {', '.join(kept)} FROM {name}")  # noqa: S608 - our own
    op.drop_table(name)
    op.create_table(
        name,
        *columns,
        sa.PrimaryKeyConstraint(organisation, "pos", name=f"pk_{name}"),
        sa.UniqueConstraint("participant_id", organisation, name=f"uq_{name}_participant_id"),
        sqlite_with_rowid=False,
    )
    op.execute(
        f"INSERT INTO {name} ({', '.join([*kept, *filled])}) "  # noqa: S608 - our own
        f"SELECT {', '.join([*kept, *filled.values()])} FROM kept ORDER BY {organisation}, pos"
    )
    op.drop_table("kept")


def _columns(organisation: str, in_front: sa.Column[Any] | None = None) -> list[sa.Column[Any]]:
    return [
        sa.Column(organisation, Words, nullable=False),
        sa.Column("pos", sa.Integer, nullable=False, autoincrement=False),
        *([] if in_front is None else [in_front]),
        sa.Column("participant_id", Words, nullable=False),
        sa.Column("sort_key", Words, nullable=False),
        sa.Column("search", Words, nullable=False),
        sa.Column("email_key", Words, nullable=False),
        sa.Column("full_name", Words, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("trn", Words, nullable=False),
        sa.Column("role", Words, nullable=False),
        sa.Column("lead_provider_id", Words),
        sa.Column("lead_provider", sa.Text, nullable=False),
        sa.Column("school", sa.Text, nullable=False),
        sa.Column("school_urn", Words, nullable=False),
        sa.Column("academic_year", sa.Integer, nullable=False),
        sa.Column("status", Words, nullable=False),
        sa.Column("status_group", Words, nullable=False),
        sa.Column("since", sa.Date, nullable=False),
        sa.Column("since_at_least", sa.Boolean, nullable=False),
        sa.Column("programme", Words, nullable=False),
        sa.Column("induction_tutor_email", sa.Text, nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
        sa.Column("completed_on", sa.Date),
        sa.Column("state", Words, nullable=False),
        sa.Column("shown_from", Number, nullable=False),
    ]


def _listings() -> Sequence[tuple[str, str, str]]:
    """The tables, by what they name organisations, and their lines."""
    partners = (
        *map(_quoted, ("full_name", "email")),
        "trn",
        _labelled("role", _ROLES),
        *map(_quoted, ("lead_provider", "school")),
        "school_urn",
        "CAST(academic_year AS VARCHAR)",
        _labelled("status", _STATUSES),
    )
    bodies = (
        _quoted("full_name"),
        "trn",
        "school_urn",
        _labelled("status", _BODYS_STATUSES),
        _labelled("programme", _PROGRAMMES),
        _quoted("induction_tutor_email"),
    )
    return [
        ("partner_listing", "delivery_partner_id", " || ',' || ".join(partners)),
        ("body_listing", "appropriate_body_id", " || ',' || ".join(bodies)),
    ]


def _labelled(column: str, labels: Mapping[str, str]) -> str:
    cases = " ".join(f"WHEN '{word}' THEN '{label}'" for word, label in labels.items())
    return f"CASE {column} {cases} END"


def _quoted(column: str) -> str:
    apostrophe = f"CASE WHEN {_unsafe(column)} THEN '''' ELSE '' END"
    special = f"""{_place()}({column}, ',') + {_place()}({column}, '"') > 0"""
    quoted = f"""'"' || {apostrophe} || replace({column}, '"', '""') || '"'"""
    return f"CASE WHEN {special} THEN {quoted} ELSE {apostrophe} || {column} END"


def _unsafe(column: str) -> str:
    return f"({column} != '' AND {_place()}('{_STARTS}', substr({column}, 1, 1)) > 0)"


def _any_unsafe() -> str:
    return " OR ".join(map(_unsafe, ("full_name", "email", "lead_provider", "school", "induction_tutor_email")))


def _place() -> str:
    """What tells where one text stands in another; LIKE would need its % doubled by some drivers."""
    return "strpos" if op.get_bind().dialect.name == "postgresql" else "instr"
