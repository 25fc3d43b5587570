"""A participant as people name them when they ask support: by a TRN, or by a name with a school."""

from collections.abc import Sequence
from typing import Final, Self

from attrs import frozen

from checkdata.domain.errors import ChangeRefused
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.listing.searches import trn_typed, words_typed
from checkdata.domain.values import ParticipantId, is_urn, search_key

_SHORTEST_NAME: Final = 3
MOST_MEANT: Final = 20
"""How many participants may be meant for support to be asked which."""
NO_PARTICIPANT_HAS_ID: Final = (
    "No participant has this id. Check the id, or enter their TRN, or their full name with their school."
)
"""Nothing is said about an id under which no listing ever showed anyone, because it may be mistyped."""


@frozen(kw_only=True)
class WantedParticipant:
    """What rows are looked for: those that show a TRN, or those with all words of a name and of a school.

    ``trn`` is "" where they are looked for by name. Words are folded (`checkdata.domain.values.search_key`); a school
    is named by its URN or by words of its name.
    """

    trn: str = ""
    name: Sequence[str] = ()
    school: Sequence[str] = ()

    @classmethod
    def of(cls, text: str, school: str) -> Self:
        """Understand what was typed; `ChangeRefused` for a name that would fit many, or is without a school."""
        if trn := trn_typed(text):
            return cls(trn=trn)
        name, at = words_typed(text), words_typed(school)
        if len("".join(name)) < _SHORTEST_NAME:
            raise ChangeRefused("Enter the participant's id, their TRN, or their full name with their school.")
        if not at:
            raise ChangeRefused("Enter the school too, by its name or URN, because many people may have this name.")
        return cls(name=name, school=at)

    @property
    def urn(self) -> str | None:
        """The school's URN, if that is how it is named."""
        return self.school[0] if len(self.school) == 1 and is_urn(self.school[0]) else None

    def matches(self, listed: ListedParticipant) -> bool:
        """Whether a row may be meant. This defines what is looked for."""
        if self.trn:
            return listed.trn == self.trn
        name, school = search_key(listed.full_name), search_key(listed.school)
        at = self.urn == listed.school_urn or all(word in school for word in self.school)
        return at and all(word in name for word in self.name)


@frozen(kw_only=True)
class PossibleParticipant:
    """A participant who may be meant, as a listing shows them now or did last."""

    participant_id: ParticipantId
    listed: ListedParticipant
