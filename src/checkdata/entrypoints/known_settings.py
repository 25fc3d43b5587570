"""Every setting by its variable, with what it means, for the table of docs/settings.md and for checks at the start.

A new setting is added here and to that table, in the same words.
"""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final

PREFIX: Final = "CHECKDATA_"

SETTINGS: Final[Mapping[str, str]] = {
    "CHECKDATA_DATABASE_URL": "`sqlite:///FILE` or `postgresql://…`; unless set, a file in the user's data folder",
    "CHECKDATA_OWNER_DATABASE_URL": (
        "the same PostgreSQL database as the owner of its tables, only for `migrate`, `import`, `refresh` and "
        "`purge`; unless set, the address above, whose role then is the owner"
    ),
    "CHECKDATA_AS_OWNER": (
        "`on` lets `serve` run on PostgreSQL as the owner of the tables, or as another role that can bypass row-level "
        "security; else `off`"
    ),
    "CHECKDATA_BASE_URL": "the address people reach the service at; unless set, `http://127.0.0.1:PORT`",
    "CHECKDATA_SECRET_KEY": (
        "32 random characters or more, the same for every process of the service; or several such keys with spaces "
        "between them, of which the first signs and all verify"
    ),
    "CHECKDATA_AUDIT_KEY": "the same, for the seals of the audit log; unless set, the secret keys",
    "CHECKDATA_EMAIL": (
        "`mailbox:DIR`, `smtp://user:password@host:port?from=ADDRESS` (STARTTLS; port 587 unless set) or "
        "`smtps://…` (TLS at once; 465); unless set, a mailbox in the user's data folder"
    ),
    "CHECKDATA_SUPPORT_EMAIL": "the address that people are told to write to for help; none unless set",
    "CHECKDATA_LINK_MINUTES": "how long a sign-in link lives: 1 to 1440, 60 unless set",
    "CHECKDATA_LIMIT_MINUTES": "the period in which the next three are counted: 1 to the life of a link, 15 unless set",
    "CHECKDATA_LINKS_PER_ADDRESS": (
        "maximum number of sign-in links for one email address in that period: 1 to 9999, 5 unless set"
    ),
    "CHECKDATA_LINKS_PER_CLIENT": (
        "maximum number of sign-in links for one network address (IPv6: a /64) in that period: 1 to 9999, 50 unless set"
    ),
    "CHECKDATA_LINKS_IN_ALL": (
        "maximum number of sign-in links for all users in that period: 1 to 9999, 1000 unless set"
    ),
    "CHECKDATA_TRUSTED_PROXIES": (
        "the proxies whose `X-Forwarded-For` and `X-Request-Id` are believed, addresses or networks with commas "
        "between them; unless set, those on this machine: `127.0.0.1,::1`"
    ),
    "CHECKDATA_IDLE_MINUTES": "after how long without a request a session ends: 1 to 1440, 30 unless set",
    "CHECKDATA_SESSION_HOURS": "how long a session lasts at most: 1 to 24, 8 unless set",
    "CHECKDATA_KEPT_MONTHS": "how long a participant who moved away stays in view: 1 to 120, 12 unless set",
    "CHECKDATA_NOMINATION_DAYS": "how long a nomination waits for its grant: 1 to 365, 28 unless set",
    "CHECKDATA_CONFIRMATION_DAYS": "how long a lead provider's confirmation link lives: 1 to 90, 7 unless set",
    "CHECKDATA_UNUSED_DAYS": "after how long without use access is reviewed: 1 to 3650, 90 unless set",
    "CHECKDATA_CONFIRMED_DAYS": "how long after its confirmation access is reviewed: 1 to 3650, 365 unless set",
    "CHECKDATA_SESSION_KEPT_DAYS": "how long sessions and links are kept after their end: 1 to 3650, 30 unless set",
    "CHECKDATA_MAIL_TEXT_DAYS": "how long the text of mail is kept: 1 to 3650, 30 unless set",
    "CHECKDATA_MAIL_DAYS": "how long records of sent mail are kept: 1 to 3650, 365 unless set",
    "CHECKDATA_DECLINED_DAYS": "how long nominations that gave no access are kept: 1 to 3650, 365 unless set",
    "CHECKDATA_AUDIT_DAYS": "how long the audit log is kept: 1 to 9999, 2192 (six years) unless set",
    "CHECKDATA_COMMIT": "the commit or version that `/healthcheck` tells of; `unknown` unless set",
    "CHECKDATA_READY_IMPORT_HOURS": (
        "how long ago the last import may be before `/readiness` is 503: 1 to 9999; not looked at unless set"
    ),
    "CHECKDATA_READY_REFRESH_HOURS": (
        "how long ago the last refresh may be before `/readiness` is 503: 1 to 9999; not looked at unless set"
    ),
    "CHECKDATA_READY_PURGE_HOURS": (
        "how long ago the last purge may be before `/readiness` is 503: 1 to 9999; not looked at unless set"
    ),
    "CHECKDATA_READY_SEAL_HOURS": (
        "how long ago the last seal may be before `/readiness` is 503: 1 to 9999; not looked at unless set"
    ),
    "CHECKDATA_READY_MAIL_HOURS": (
        "how long ago the last mail may be before `/readiness` is 503: 1 to 9999; not looked at unless set"
    ),
    "CHECKDATA_GOVUK": "`on` shows the crown and GDS Transport, only for services on gov.uk; else `off`",
}
"""What each variable means, in the words of docs/settings.md."""

_OF_KUBERNETES: Final = re.compile(r"_SERVICE_HOST$|_SERVICE_PORT(_|$)|_PORT_[0-9]+_")
_ADDRESS_OF_KUBERNETES: Final = re.compile(r"(tcp|udp|sctp)://")


def unknown_settings(environment: Mapping[str, str]) -> Mapping[str, str | None]:
    """The variables that look like settings and are none, each with the setting that it may be meant for.

    A variable that is set to nothing counts as not set. What Kubernetes sets for a Service that is called checkdata, it
    sets for all pods beside it (https://kubernetes.io/docs/concepts/services-networking/service/, *Environment
    variables*): no operator wrote that, so it is accepted.
    """
    return {
        name: next(iter(get_close_matches(name, SETTINGS, n=1, cutoff=0.75)), None)
        for name, value in environment.items()
        if name.startswith(PREFIX) and name not in SETTINGS and value.strip() and not _is_of_kubernetes(name, value)
    }


def _is_of_kubernetes(name: str, value: str) -> bool:
    return bool(_OF_KUBERNETES.search(name) or (name.endswith("_PORT") and _ADDRESS_OF_KUBERNETES.match(value)))
