"""The rights of the service's own role on PostgreSQL, table by table: what its pages and commands need, and no more.

Add each new table here with what the service does with it; until then it is closed, as is every column that is not
named. ``make test-faults`` runs what the service does and compares this table with what the database saw: too many
rights are as wrong as too few.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from attrs import frozen
from sqlalchemy import Table

from checkdata.adapters.sql.api_key_schema import api_key_revocations, api_key_secrets, api_keys
from checkdata.adapters.sql.append_only_schema import agreement_versions, audit_anchors, audit_seals, receipts
from checkdata.adapters.sql.feed_schema import feed_readings, imports, teacher_records
from checkdata.adapters.sql.generation_schema import record_kinds, training_records
from checkdata.adapters.sql.listings import LISTINGS
from checkdata.adapters.sql.nomination_schema import (
    confirmation_links,
    confirmation_visits,
    nomination_steps,
    nominations,
)
from checkdata.adapters.sql.notice_schema import notices
from checkdata.adapters.sql.proposal_schema import proposals
from checkdata.adapters.sql.recall_schema import recalled_files, recalls
from checkdata.adapters.sql.schema import (
    agreements,
    appropriate_bodies,
    audit_events,
    bound_accounts,
    change_notes,
    delivery_partners,
    grants,
    job_runs,
    lead_providers,
    link_requests,
    meta,
    outbox,
    revisions,
    schools,
    sessions,
    sign_in_links,
    taken_addresses,
    users,
)
from checkdata.adapters.sql.school_schema import school_register, school_successors
from checkdata.adapters.sql.teacher_check_schema import teacher_answers, teacher_messages


@frozen(kw_only=True)
class Rights:
    """Whether the role may read rows, add them, change these columns, and delete rows."""

    reads: bool = True
    adds: bool = False
    changes: tuple[str, ...] = ()
    deletes: bool = False

    def granted(self) -> Iterator[str]:
        """The privileges as PostgreSQL names them."""
        yield from ["SELECT"] * self.reads
        yield from ["INSERT"] * self.adds
        if self.changes:
            yield f"UPDATE ({', '.join(self.changes)})"
        yield from ["DELETE"] * self.deletes


CLOSED: Final = Rights(reads=False)
READS: Final = Rights()
ADDS: Final = Rights(adds=True)

_OF_TABLES: Final[Mapping[Table, Rights]] = {
    revisions: READS,
    lead_providers: READS,
    delivery_partners: READS,
    appropriate_bodies: READS,
    agreements: Rights(adds=True, changes=("ended_on",)),
    users: Rights(adds=True, changes=("email", "name", "second_confirmed_at", "second_email", "suspended")),
    taken_addresses: Rights(adds=True, deletes=True),
    grants: Rights(
        adds=True,
        changes=(
            "confirmed_by",
            "confirmed_on",
            "ended_on",
            "lapse_reason",
            "lapse_told_on",
            "lapses_on",
            "nomination_id",
            "still_there_on",
        ),
    ),
    change_notes: Rights(adds=True, deletes=True),
    nominations: Rights(adds=True, changes=("closed_at", "name", "steps")),
    nomination_steps: ADDS,
    proposals: Rights(adds=True, changes=("decided_at", "decided_by", "note", "state")),
    notices: Rights(adds=True, deletes=True),
    confirmation_links: Rights(adds=True, changes=("used_at",)),
    confirmation_visits: Rights(adds=True, deletes=True),
    sign_in_links: Rights(adds=True, changes=("used_at",)),
    api_keys: Rights(adds=True, changes=("last_used_on",)),
    api_key_secrets: ADDS,
    api_key_revocations: ADDS,
    bound_accounts: Rights(adds=True, deletes=True),
    link_requests: Rights(adds=True, changes=("ends_at", "number")),
    sessions: Rights(adds=True, changes=("seen_at",), deletes=True),
    outbox: Rights(adds=True, changes=("attempts", "bounced_at", "due_at", "failure", "sent_at", "state", "tried_at")),
    audit_events: ADDS,
    audit_seals: ADDS,
    audit_anchors: READS,
    receipts: ADDS,
    agreement_versions: ADDS,
    recalls: Rights(adds=True, changes=("looked_at", "withdrawn_at")),
    recalled_files: Rights(adds=True, changes=("asked", "asked_at", "deleted_at", "told_by")),
    imports: READS,
    job_runs: Rights(adds=True, changes=("at",)),
    meta: READS,
    schools: CLOSED,
    school_register: READS,
    school_successors: READS,
    teacher_records: CLOSED,
    feed_readings: CLOSED,
    teacher_answers: CLOSED,
    teacher_messages: ADDS,
    **{table: READS for listing in LISTINGS for table in (listing.history, listing.past_counts)},
}

RIGHTS: Final[Mapping[str, Rights]] = {table.name: rights for table, rights in _OF_TABLES.items()}
"""What the role may do with a table, by its name."""

RIGHTS_IN_A_GENERATION: Final[Mapping[str, Rights]] = {
    training_records.name: CLOSED,
    record_kinds.name: CLOSED,
    **{each.departed.name: CLOSED for each in LISTINGS},
    **{table.name: READS for each in LISTINGS for table in (each.rows, each.words, each.tallies, each.schools)},
}
"""The same for the tables of each generation of listings."""

COUNTED: Final[Mapping[str, tuple[str, ...]]] = {
    "audit_events_id_seq": ("USAGE", "SELECT"),
    "outbox_id_seq": ("USAGE",),
    "receipts_id_seq": ("USAGE",),
    "agreement_versions_number_seq": ("USAGE",),
}
"""The same for the sequences that number rows; sealing the log reads the last number of its events."""
