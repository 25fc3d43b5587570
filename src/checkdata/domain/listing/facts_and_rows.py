"""What decides whether one user may see one participant, and the key of the service that asks, all of one state."""

from collections.abc import Mapping

from attrs import field, frozen

from checkdata.domain.access.decision import AccessFacts
from checkdata.domain.access.scope import Scope
from checkdata.domain.people.organisations import Role
from checkdata.domain.sign_in.api_keys import ApiKey
from checkdata.domain.values import ImportId


@frozen(kw_only=True)
class FactsAndRows:
    """The facts about a user, and the rows of a participant in the listings of organisations in their grants.

    ``rows`` are by the organisation's role and id, and have the fields that scopes ask of; they were ``import_id``'s.
    ``key`` is the API key whose secret has the digest that was asked about.
    """

    facts: AccessFacts
    rows: Mapping[tuple[Role, str], object] = field(repr=False)
    import_id: ImportId | None
    key: ApiKey | None = None

    def covered_by(self, scope: Scope) -> bool:
        """Whether the participant's row in the listing of the scope's organisation is in scope."""
        row = self.rows.get((scope.organisation.role, scope.organisation.id))
        return row is not None and scope.covers(row)
