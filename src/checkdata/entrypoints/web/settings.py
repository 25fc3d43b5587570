"""What the web application needs; the composition root makes it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from attrs import field, frozen

from checkdata.domain.keys import Keys
from checkdata.domain.services.access.explain_access import ExplainAccess
from checkdata.domain.services.access.help_users import HelpUsers
from checkdata.domain.services.access.manage_access import ManageAccess
from checkdata.domain.services.access.manage_agreements import ManageAgreements
from checkdata.domain.services.access.review_access import ReviewAccess
from checkdata.domain.services.audit.purge import KeptFor
from checkdata.domain.services.audit.search_log import SearchLog
from checkdata.domain.services.audit.trace import Trace
from checkdata.domain.services.listing.check_participants import CheckParticipants
from checkdata.domain.services.listing.compare_lists import CompareLists
from checkdata.domain.services.listing.follow_changes import FollowChanges
from checkdata.domain.services.listing.look_up_participant import LookUpParticipant
from checkdata.domain.services.nominations.answer_by_link import AnswerByLink
from checkdata.domain.services.nominations.nominate import Nominate
from checkdata.domain.services.nominations.queue import NominationQueue
from checkdata.domain.services.operations.check_health import Watching
from checkdata.domain.services.sign_in.sign_in import SignIn
from checkdata.domain.training.records import KEPT_MONTHS

LOOPBACK: Final = ("127.0.0.1", "localhost")
"""The names that an http base on loopback answers to."""

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


@frozen(kw_only=True)
class MailboxMail:
    """A mail in the demo's mailbox folder, as it would have been read; ``at`` carries its offset."""

    to: str
    subject: str
    text: str = field(repr=False)
    at: datetime


@frozen(kw_only=True)
class DemoUser:
    """Somebody as whom a visitor of the demo can sign in; ``role`` and ``organisation`` in words.

    ``shows`` says in a sentence what there is to see, or is ""; ``tries`` is the heading under which they are listed.
    """

    email: str
    name: str
    role: str
    organisation: str
    shows: str = ""
    tries: str = "See participants"


@frozen(kw_only=True)
class WebServices:
    """The use cases that pages call.

    ``mailbox`` lists the mails of the demo, newest first; None, and the page does not exist.
    """

    sign_in: SignIn
    check_participants: CheckParticipants
    look_up_participant: LookUpParticipant
    follow_changes: FollowChanges
    compare_lists: CompareLists
    manage_access: ManageAccess
    manage_agreements: ManageAgreements
    search_log: SearchLog
    trace: Trace
    review_access: ReviewAccess
    explain_access: ExplainAccess
    help_users: HelpUsers
    nominate: Nominate
    nomination_queue: NominationQueue
    answer_by_link: AnswerByLink
    watching: Watching
    mailbox: Callable[[], Sequence[MailboxMail]] | None = None


def _is_own_base(_settings: "WebSettings", _attribute: object, base_url: str) -> None:
    parts = urlsplit(base_url)
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or parts.path or parts.query or parts.fragment:
        raise ValueError(f"The base URL must look like https://check.example.org, without a path: {base_url}")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValueError(f"The base URL must begin with https://, except on {' and '.join(LOOPBACK)}: {base_url}")


@frozen(kw_only=True)
class WebSettings:
    """How the application is reached and what it shows.

    ``base_url`` has a scheme, a host and a port if it is not the default one, and nothing else; plain http is for
    loopback alone (security.md 10 and 16). ``secret_keys`` sign form tokens and the address asked for before signing
    in. ``govuk`` puts the crown and GDS Transport on the pages, which only services on gov.uk domains may.
    ``commit`` is what `/healthcheck` tells of the version. ``support_email`` is where users write for help; "" where
    there is no such address. ``kept_for`` and ``kept_months`` are what the privacy notice says. Raises `ValueError` for
    a base that will not do.
    """

    base_url: str = field(validator=_is_own_base)
    secret_keys: Keys
    commit: str = "unknown"
    support_email: str = ""
    govuk: bool = False
    demo_users: Sequence[DemoUser] = ()
    kept_for: KeptFor = field(factory=KeptFor)
    kept_months: int = KEPT_MONTHS

    @property
    def secure(self) -> bool:
        """Whether the service is reached over https."""
        return self.base_url.startswith("https:")

    @property
    def hosts(self) -> frozenset[str]:
        """What a request's ``Host`` may say; an http base on loopback answers to both names at its port."""
        parts = urlsplit(self.base_url)
        names = (str(parts.hostname),) if self.secure else LOOPBACK
        default = _DEFAULT_PORTS[parts.scheme]
        port = parts.port or default
        return frozenset(f"{name}:{port}" for name in names) | frozenset(names if port == default else ())

    @property
    def origins(self) -> frozenset[str]:
        """What a request's ``Origin`` may say (ASVS 3.5.1)."""
        scheme = urlsplit(self.base_url).scheme
        return frozenset(f"{scheme}://{host}" for host in self.hosts)
