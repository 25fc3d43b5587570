"""The history of agreements in memory."""

from collections.abc import Sequence

from attrs import evolve

from checkdata.adapters.memory.state import Draft
from checkdata.domain import ports
from checkdata.domain.people.agreement_history import AgreementVersion


class MemoryAgreementHistory:
    """The versions of a draft, in the order in which they were recorded."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft

    def add(self, versions: Sequence[AgreementVersion], /) -> None:
        """Add versions, in their order."""
        state = self._draft.state
        self._draft.state = evolve(state, agreement_versions=(*state.agreement_versions, *versions))

    def newest(self) -> Sequence[AgreementVersion]:
        """The newest version of each agreement, by its id."""
        last = {version.agreement.id: version for version in self._draft.state.agreement_versions}
        return [version for _, version in sorted(last.items())]

    def of_agreement(self, agreement_id: str, /) -> Sequence[AgreementVersion]:
        """The versions of one agreement, the oldest first."""
        return [each for each in self._draft.state.agreement_versions if each.agreement.id == agreement_id]

    def of_partner(self, delivery_partner_id: str, /) -> Sequence[AgreementVersion]:
        """All versions of each agreement that was ever one of this partner's, the oldest first."""
        versions = self._draft.state.agreement_versions
        ours = {each.agreement.id for each in versions if each.agreement.delivery_partner_id == delivery_partner_id}
        return [version for version in versions if version.agreement.id in ours]


_conforms: type[ports.AgreementHistory] = MemoryAgreementHistory
