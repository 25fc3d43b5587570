"""Whose data each table has and until when; what each logger tells: what no code says, and every name is the code's."""

from collections.abc import Mapping
from typing import Final

_TEACHERS: Final = "ECTs and mentors"
_TUTORS: Final = "ECTs and mentors; induction tutors"
_USERS: Final = "users"
_NOBODY: Final = "nobody"
_NUMBERS: Final = "nobody: numbers"
_ORGANISATIONS: Final = "organisations"

_WITH_LOG: Final = "the log of its time is purged"
_MADE_AGAIN: Final = "each import makes it again; the one that was replaced goes after the next"
_FEED: Final = "a complete feed leaves it out"
_ENDED_ACCESS: Final = "the log tells nothing of the user any more"
_REFUSED: Final = "`CHECKDATA_DECLINED_DAYS` after its end; what gave access stays as long as the user"
_OVER: Final = "`CHECKDATA_SESSION_KEPT_DAYS` after its end"
_PAST_COUNTS: Final = "62 days; the last of each month two years"

STORED: Final[Mapping[str, tuple[str, str]]] = {
    "meta": (_NOBODY, "the database is dropped"),
    "job_runs": (_NOBODY, "the next run"),
    "lead_providers": ("organisations; their contact's address", _FEED),
    "delivery_partners": (_ORGANISATIONS, _FEED),
    "appropriate_bodies": (_ORGANISATIONS, _FEED),
    "schools": (_ORGANISATIONS, _FEED),
    "school_register": (_ORGANISATIONS, "the next register of schools"),
    "school_successors": (_ORGANISATIONS, "the next register of schools"),
    "agreements": (_ORGANISATIONS, _FEED),
    "users": (_USERS, _ENDED_ACCESS),
    "taken_addresses": (_USERS, "the user is deleted, or the address is given up"),
    "grants": (_USERS, "the user is deleted"),
    "change_notes": (_USERS, "the user is deleted, or chooses otherwise"),
    "sign_in_links": (_USERS, _OVER),
    "bound_accounts": (_USERS, "the user is deleted, gets another address, or is signed out everywhere"),
    "link_requests": ("people who ask for a link, as keyed hashes", "a day or less"),
    "sessions": (_USERS, _OVER),
    "outbox": (
        "users, nominees, lead providers' contacts",
        "text: `CHECKDATA_MAIL_TEXT_DAYS`; that it was sent: `CHECKDATA_MAIL_DAYS`",
    ),
    "audit_events": ("users, by id; ECTs and mentors, by id", "`CHECKDATA_AUDIT_DAYS`"),
    "imports": (_NOBODY, "for good"),
    "feed_readings": ("nobody: which line of a feed broke which rule", "the next feed that differs"),
    "teacher_records": (_TEACHERS, "it is changed or deleted by a later extract or answer of the TRS"),
    "teacher_answers": (_TEACHERS, "100 days after the question; what was found, until a listing took it in"),
    "teacher_messages": (_TEACHERS, "100 days after it came"),
    "partner_history": (_TUTORS, _WITH_LOG),
    "body_history": (_TUTORS, _WITH_LOG),
    "partner_counts": (_NUMBERS, _PAST_COUNTS),
    "body_counts": (_NUMBERS, _PAST_COUNTS),
    "api_keys": (_USERS, "`CHECKDATA_DECLINED_DAYS` after its end"),
    "api_key_secrets": ("users: a keyed hash", "the key is deleted"),
    "api_key_revocations": (_USERS, "the key is deleted"),
    "receipts": ("users, by id; ECTs and mentors, by id", _WITH_LOG),
    "audit_seals": (_NOBODY, _WITH_LOG),
    "audit_anchors": (_NOBODY, "for good"),
    "agreement_versions": ("organisations; who recorded it, by id", "for good"),
    "nominations": ("nominees", _REFUSED),
    "nomination_steps": ("users; lead providers' contacts", "the nomination is deleted"),
    "confirmation_links": ("lead providers' contacts", _OVER),
    "confirmation_visits": ("lead providers' contacts", _OVER),
    "notices": ("who set it, by id", "it is replaced or ended"),
    "proposals": (_USERS, _REFUSED),
    "recalls": (_ORGANISATIONS, "no receipt of its time is left"),
    "recalled_files": ("users, by id", "its recall is deleted"),
    "training_records": (_TUTORS, _FEED),
    "record_kinds": (_NUMBERS, _MADE_AGAIN),
    "partner_departed": (_TEACHERS, _MADE_AGAIN),
    "body_departed": (_TEACHERS, _MADE_AGAIN),
    "partner_listing": (_TUTORS, _MADE_AGAIN),
    "partner_words": (_TEACHERS, _MADE_AGAIN),
    "partner_tallies": (_NUMBERS, _MADE_AGAIN),
    "partner_schools": (_NUMBERS, _MADE_AGAIN),
    "body_listing": (_TUTORS, _MADE_AGAIN),
    "body_words": (_TEACHERS, _MADE_AGAIN),
    "body_tallies": (_NUMBERS, _MADE_AGAIN),
    "body_schools": (_NUMBERS, _MADE_AGAIN),
}

LOGGERS: Final[Mapping[str, str]] = {
    "checkdata.access": "how much access lapsed, and how many users were told that it will",
    "checkdata.analytics": "how many events for analysts were dropped, and why",
    "checkdata.audit": "the head of the sealed log: a number and a digest",
    "checkdata.background": "a thread that broke off or died, by its name",
    "checkdata.health": "that the look at the database failed",
    "checkdata.http": "a request that the server refused by itself, by status; a signal that ended it",
    "checkdata.jobs": "a run of a command that could not be noted, by its job",
    "checkdata.nominations": "how many nominations expired",
    "checkdata.recalls": "how many recalls were opened or withdrawn, and how many users mailed",
    "checkdata.refresh": "that statuses were refreshed, or why not",
    "checkdata.send_mail": "how many mails could not be sent, by reason; never to whom",
    "checkdata.web": "method, route as a pattern, status and milliseconds of each request; a failure by kind and place",
    "checkdata.workers": "a worker that did not start, stopped or hung, by its process",
}
