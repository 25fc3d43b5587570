"""A user looks at how things stand: at numbers, which tell of no participant in particular, so no view is recorded."""

from collections.abc import Sequence
from datetime import datetime

from attrs import frozen

from checkdata.domain.access.scope import Scope
from checkdata.domain.listing.as_of import Import
from checkdata.domain.listing.counts import SchoolCounts, StatusCount
from checkdata.domain.listing.queries import Tally
from checkdata.domain.ports import Storage
from checkdata.domain.services.task_steps.scope_then import scope_then
from checkdata.domain.training.facts import ParticipantRole


@frozen(kw_only=True)
class Overview:
    """What there is to count in a scope.

    ``academic_year`` and ``role`` are those that ``days`` is of, each day with the number of each status;
    ``academic_year`` is None where the scope covers nobody. ``changes`` are those since the moment that was asked for.
    """

    tallies: Sequence[Tally]
    academic_year: int | None
    role: ParticipantRole
    days: Sequence[StatusCount]
    changes: int
    schools: Sequence[SchoolCounts]
    as_of: Import | None


@frozen(kw_only=True)
class SchoolsOfScope:
    """The schools that have participants in a scope, most to resolve first."""

    schools: Sequence[SchoolCounts]
    as_of: Import | None


@frozen(kw_only=True)
class ViewOverview:
    """Looking at counts within a scope that was granted for this very request."""

    storage: Storage

    def overview(
        self,
        scope: Scope,
        changes_since: datetime,
        *,
        academic_year: int | None = None,
        role: ParticipantRole | None = None,
    ) -> Overview:
        """The counts of a scope; of the newest year, and of ECTs where there are any, unless others are asked for."""
        with self.storage.reading() as work:
            tallies = work.participants.tallies(scope)
            shown_role = role or _role_of(tallies)
            shown_year = academic_year or _newest_year(tallies, shown_role)
            days = () if shown_year is None else work.counts.of_past_days(scope, shown_year, shown_role)
            then = scope_then(work, scope, changes_since)
            return Overview(
                tallies=tallies,
                academic_year=shown_year,
                role=shown_role,
                days=days,
                changes=work.counts.of_changes(scope, changes_since, then=then),
                schools=work.counts.of_schools(scope),
                as_of=work.participants.as_of(),
            )

    def schools(self, scope: Scope) -> SchoolsOfScope:
        """The schools of a scope."""
        with self.storage.reading() as work:
            return SchoolsOfScope(schools=work.counts.of_schools(scope), as_of=work.participants.as_of())

    def school(self, scope: Scope, urn: str) -> SchoolCounts | None:
        """One school of a scope; None where the scope has no participants there."""
        with self.storage.reading() as work:
            return work.counts.of_school(scope, urn)


def _role_of(tallies: Sequence[Tally]) -> ParticipantRole:
    present = {tally.value_of("role") for tally in tallies}
    return next((role for role in ParticipantRole if role in present), ParticipantRole.ECT)


def _newest_year(tallies: Sequence[Tally], role: ParticipantRole) -> int | None:
    of_role = [tally.value_of("academic_year") for tally in tallies if tally.value_of("role") is role]
    return max(of_role, default=max((tally.value_of("academic_year") for tally in tallies), default=None))
