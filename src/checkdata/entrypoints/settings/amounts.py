"""Numbers and lengths of time, each declared once: a new one is declared here and used in `environment`."""

from datetime import timedelta
from typing import Final

from checkdata.domain.access.lapsing import LapseLimits
from checkdata.domain.access.widening import WIDENED_UNASKED_PERCENT
from checkdata.domain.jobs import Job
from checkdata.domain.listing.departures import KEPT_MONTHS as USUAL_MONTHS
from checkdata.domain.nominations.confirmation_links import ConfirmationLifetimes
from checkdata.domain.nominations.nomination import NOMINATION_LIVES
from checkdata.domain.services.access.review_access import ReviewLimits
from checkdata.domain.services.audit.purge import KeptFor
from checkdata.domain.services.audit.recall_files import REMIND_EVERY
from checkdata.domain.services.feed.check_trns import ANSWERS_HOLD
from checkdata.domain.sign_in.link_limits import LinkLimits
from checkdata.domain.sign_in.sessions import Lifetimes
from checkdata.entrypoints.settings.setting import (
    Setting,
    Unit,
    length_of_time,
    length_setting,
    number_setting,
    text_setting,
)

_LIFETIMES: Final = Lifetimes()
_LIMITS: Final = LinkLimits()
_REVIEW: Final = ReviewLimits()
_LAPSES: Final = LapseLimits()
_KEPT_FOR: Final = KeptFor()

TRS_DAYS: Final = length_setting(
    "TRS_DAYS",
    "after how long a TRN is asked about again, if no message says sooner that its record changed",
    Unit.DAYS,
    most=90,
    default=ANSWERS_HOLD,
    needed_by=("check-trns",),
)
CODE_MINUTES: Final = length_setting(
    "CODE_MINUTES",
    "how long the code beside a sign-in link lives",
    Unit.MINUTES,
    most=60,
    default=_LIFETIMES.code,
    needed_by=("serve", "send"),
)
LINK_MINUTES: Final = length_setting(
    "LINK_MINUTES",
    "how long a sign-in link lives",
    Unit.MINUTES,
    most=1440,
    default=_LIFETIMES.link,
    needed_by=("serve", "send", "purge"),
)
LIMIT_MINUTES: Final = text_setting(
    "LIMIT_MINUTES",
    "the period in which the next three are counted",
    "1 minute to the life of a link",
    length_of_time(Unit.MINUTES, 1440),
    default=_LIMITS.window,
    unless_set=f"{Unit.MINUTES.number_of(_LIMITS.window)}",
    needed_by=("serve",),
)
LINKS_PER_ADDRESS: Final = number_setting(
    "LINKS_PER_ADDRESS",
    "maximum number of sign-in links that are sent to an address in that period",
    most=9999,
    default=_LIMITS.per_address,
    needed_by=("serve",),
)
LINKS_PER_CLIENT: Final = number_setting(
    "LINKS_PER_CLIENT",
    "maximum number that a network address (of IPv6, a /64) may request in that period",
    most=9999,
    default=_LIMITS.per_client,
    needed_by=("serve",),
)
LINKS_IN_ALL: Final = number_setting(
    "LINKS_IN_ALL",
    "maximum number of sign-in links for all users in that period",
    most=9999,
    default=_LIMITS.overall,
    needed_by=("serve",),
)
IDLE_MINUTES: Final = length_setting(
    "IDLE_MINUTES",
    "after how long without a request a session ends",
    Unit.MINUTES,
    most=1440,
    default=_LIFETIMES.idle,
    needed_by=("serve", "purge"),
)
SESSION_HOURS: Final = length_setting(
    "SESSION_HOURS",
    "how long a session lasts at most",
    Unit.HOURS,
    most=24,
    default=_LIFETIMES.whole,
    needed_by=("serve", "purge"),
)
KEPT_MONTHS: Final = number_setting(
    "KEPT_MONTHS",
    "for how many months a participant who is no longer involved stays in view",
    most=120,
    default=USUAL_MONTHS,
    needed_by=("import", "refresh", "serve"),
)
WIDER_PERCENT: Final = number_setting(
    "WIDER_PERCENT",
    "by how many percent of what they see a feed's agreements may widen what a partner's users see; more needs "
    "`--allow-wider-access`",
    most=100,
    default=WIDENED_UNASKED_PERCENT,
    needed_by=("import",),
)
NOMINATION_DAYS: Final = length_setting(
    "NOMINATION_DAYS",
    "how long a nomination waits for its grant",
    Unit.DAYS,
    most=365,
    default=NOMINATION_LIVES,
    needed_by=("serve", "send", "access"),
)
CONFIRMATION_DAYS: Final = length_setting(
    "CONFIRMATION_DAYS",
    "how long a lead provider's confirmation link lives",
    Unit.DAYS,
    most=90,
    default=ConfirmationLifetimes().link,
    needed_by=("serve", "send"),
)
UNUSED_DAYS: Final = length_setting(
    "UNUSED_DAYS",
    "after how long without use access is reviewed",
    Unit.DAYS,
    most=3650,
    default=_REVIEW.unused,
    needed_by=("serve", "access"),
)
CONFIRMED_DAYS: Final = length_setting(
    "CONFIRMED_DAYS",
    "how long after its confirmation access is reviewed",
    Unit.DAYS,
    most=3650,
    default=_REVIEW.confirmed,
    needed_by=("serve", "access"),
)
LAPSE_UNUSED_DAYS: Final = length_setting(
    "LAPSE_UNUSED_DAYS",
    "after how long without use access lapses; 0: never",
    Unit.DAYS,
    least=0,
    most=3650,
    default=_LAPSES.unused,
    needed_by=("serve", "access"),
)
LAPSE_AGREEMENT_DAYS: Final = length_setting(
    "LAPSE_AGREEMENT_DAYS",
    "after how long without an agreement in force of the lead provider that confirmed it access lapses; 0: never",
    Unit.DAYS,
    least=0,
    most=3650,
    default=_LAPSES.unvouched,
    needed_by=("serve", "access"),
)
LAPSE_WARNING_DAYS: Final = length_setting(
    "LAPSE_WARNING_DAYS",
    "how long before access lapses its user is told by mail; 0: nothing lapses",
    Unit.DAYS,
    least=0,
    most=365,
    default=_LAPSES.warned,
    needed_by=("serve", "access"),
)
RECALL_DAYS: Final = length_setting(
    "RECALL_DAYS",
    "after how long those who hold recalled files, and have not confirmed that they are deleted, are asked again",
    Unit.DAYS,
    most=365,
    default=REMIND_EVERY,
    needed_by=("serve", "send", "agreements"),
)
SESSION_KEPT_DAYS: Final = length_setting(
    "SESSION_KEPT_DAYS",
    "how long sessions and links are kept after their end",
    Unit.DAYS,
    most=3650,
    default=_KEPT_FOR.sessions,
    needed_by=("purge", "serve"),
)
MAIL_TEXT_DAYS: Final = length_setting(
    "MAIL_TEXT_DAYS",
    "how long the text of mail is kept",
    Unit.DAYS,
    most=3650,
    default=_KEPT_FOR.mail_text,
    needed_by=("purge", "serve"),
)
MAIL_DAYS: Final = length_setting(
    "MAIL_DAYS",
    "how long the record that mail was sent is kept",
    Unit.DAYS,
    most=3650,
    default=_KEPT_FOR.mail,
    needed_by=("purge", "serve"),
)
DECLINED_DAYS: Final = length_setting(
    "DECLINED_DAYS",
    "how long nominations that gave no access, and proposals that gave no user an address, are kept",
    Unit.DAYS,
    most=3650,
    default=_KEPT_FOR.nominations,
    needed_by=("purge", "serve"),
)
AUDIT_DAYS: Final = length_setting(
    "AUDIT_DAYS",
    "how long the audit log is kept (six years unless set)",
    Unit.DAYS,
    most=9999,
    default=_KEPT_FOR.audit,
    needed_by=("purge", "serve"),
)


def _ready_hours(job: Job) -> Setting[timedelta | None]:
    return text_setting(
        f"READY_{job.name}_HOURS",
        f"how long ago the last {job.value} may be before `/readiness` is 503",
        "1 to 9999 hours",
        length_of_time(Unit.HOURS, 9999),
        default=None,
        unless_set="not watched",
        needed_by=("serve", "decision-point"),
    )


OLDEST_RUNS: Final = {job: _ready_hours(job) for job in (Job.IMPORT, Job.REFRESH, Job.PURGE, Job.SEAL, Job.MAIL)}
"""How long ago each job may have run last."""
