"""An operator loads the department's register of schools (feed.md, *The register of schools*)."""

from attrs import frozen

from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.feed.contents import Changes
from checkdata.domain.ports import Clock, RegisterFiles, Rejections, Storage


@frozen(kw_only=True)
class SchoolsOutcome:
    """What an import did: schools by what became of them, how many successions were told, None if no file tells any."""

    schools: Changes
    successions: int | None
    refused_rows: int


@frozen(kw_only=True)
class ImportSchools:
    """Loads the register; an import is one unit of work: others see all of it or nothing.

    Listings show the new names with the next import of a feed or refresh.
    """

    storage: Storage
    clock: Clock

    def load(self, files: RegisterFiles, rejections: Rejections) -> SchoolsOutcome:
        """Load the register; a refused row keeps what was loaded before. `FeedRefused`: nothing was written."""
        schools = list(files.schools())
        with self.storage.writing() as work:
            known = work.school_register.begin()
            successions = files.successions(known | {school.urn for school in schools})
            changes = work.school_register.put(schools, successions)
            number = None if successions is None else len(successions)
            outcome = SchoolsOutcome(schools=changes, successions=number, refused_rows=rejections.rows)
            at, details = self.clock(), _counts(outcome)
            work.audit.record(AuditEvent(kind=AuditKind.SCHOOLS_IMPORTED, at=at, details=details))
            work.commit()
        return outcome


def _counts(outcome: SchoolsOutcome) -> dict[str, int]:
    counted = {
        "schools_added": outcome.schools.added,
        "schools_changed": outcome.schools.changed,
        "schools_unchanged": outcome.schools.unchanged,
        "refused_rows": outcome.refused_rows,
    }
    return counted if outcome.successions is None else {**counted, "successions": outcome.successions}
