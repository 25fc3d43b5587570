"""A user is led from a school that closed to those that follow it (rules.md, *Schools that closed*)."""

from collections.abc import Sequence
from typing import Final

from attrs import frozen

from checkdata.domain.people.school_register import ClosedSchool
from checkdata.domain.ports import Storage
from checkdata.domain.values import is_urn

MOST_NAMED: Final = 5
"""If more closed schools than this have a name, it does not say which is meant."""


@frozen(kw_only=True)
class FollowSchools:
    """Asking the department's register, which is public and tells nothing of a participant."""

    storage: Storage

    def closed(self, urn: str) -> ClosedSchool | None:
        """The school, if it closed."""
        with self.storage.at_once() as work:
            return work.school_register.closed([urn]).get(urn)

    def searched(self, text: str) -> Sequence[ClosedSchool]:
        """The closed schools whose URN or whole name is the text of a search."""
        text = text.strip()
        if not text:
            return ()
        if is_urn(text):
            found = self.closed(text)
            return () if found is None else (found,)
        with self.storage.at_once() as work:
            named = work.school_register.closed_under(text)
        return named if len(named) <= MOST_NAMED else ()
