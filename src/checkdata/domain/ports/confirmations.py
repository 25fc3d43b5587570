"""The port for the links by which lead providers answer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from checkdata.domain.nominations.confirmation_links import ConfirmationLink, ConfirmationVisit
from checkdata.domain.values import NominationId


class Confirmations(Protocol):
    """Confirmation links, and the browsers in which one was opened; both are known by the digest of their token."""

    def add_link(self, link: ConfirmationLink, /) -> None:
        """Keep a link."""

    def link(self, digest: str, /) -> ConfirmationLink | None:
        """The link with this digest."""

    def use_link(self, digest: str, at: datetime, /) -> ConfirmationLink | None:
        """Mark a usable link used and return it, else None; of several at once, only one gets it (security.md 5)."""

    def links_of(self, nomination_id: NominationId, /) -> Sequence[ConfirmationLink]:
        """The links sent for a nomination, the newest first."""

    def add_visit(self, visit: ConfirmationVisit, /) -> None:
        """Keep a visit."""

    def visit(self, digest: str, /) -> ConfirmationVisit | None:
        """The visit with this digest."""

    def end(self, nomination_id: NominationId, at: datetime, /) -> None:
        """End every link of a nomination that is still unused, and every visit."""
