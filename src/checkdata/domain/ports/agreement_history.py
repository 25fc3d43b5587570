"""The port for the history of agreements."""

from collections.abc import Sequence
from typing import Protocol

from checkdata.domain.people.agreement_history import AgreementVersion


class AgreementHistory(Protocol):
    """Every version of every agreement, in the order in which they were recorded; none is ever changed or deleted.

    A version is added in the unit of work that changes its agreement, after `Organisations.change_agreements`, so that
    no version is missing and of two changes the later one is recorded later.
    """

    def add(self, versions: Sequence[AgreementVersion], /) -> None:
        """Add versions, in their order."""

    def newest(self) -> Sequence[AgreementVersion]:
        """The newest version of each agreement that was ever known, removed ones too, by its id."""

    def of_agreement(self, agreement_id: str, /) -> Sequence[AgreementVersion]:
        """The versions of one agreement, the oldest first."""

    def of_partner(self, delivery_partner_id: str, /) -> Sequence[AgreementVersion]:
        """All versions of each agreement that was ever one of this partner's, the oldest first."""
