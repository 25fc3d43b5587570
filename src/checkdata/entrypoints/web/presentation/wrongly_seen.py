"""Whom partners saw wrongly, in the words of support's page."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from attrs import frozen

from checkdata.domain.audit.statements import HOW_SEEN
from checkdata.domain.audit.tracing import Sighting
from checkdata.domain.audit.wrong_sightings import WronglySeen, WrongReason
from checkdata.entrypoints.web.presentation.names import with_role
from checkdata.entrypoints.web.presentation.tracing import lasting, what_left, who_saw

_WHY: Final[Mapping[WrongReason, str]] = {
    WrongReason.AGREEMENT: "No agreement covered them",
    WrongReason.PARTNER: "They were never this partner’s",
}


@frozen(kw_only=True)
class WrongLine:
    """One user who saw a participant wrongly, or may have: who, with the id of their page ("" for none), when and how.

    ``sha256`` is the file's, "" where there was none.
    """

    participant: str
    organisation: str
    why: str
    seen: str
    who: tuple[str, str]
    when: str
    how: str
    sha256: str


def wrong_lines(found: Iterable[WronglySeen]) -> Sequence[WrongLine]:
    """Every line, by participant."""
    return [line for each in found for line in _lines(each)]


def _lines(each: WronglySeen) -> Iterator[WrongLine]:
    for sighting in each.sightings.certainly:
        yield _line(each, "Certainly", sighting, lasting(sighting.at, sighting.last, sighting.times))
    for possible in each.sightings.possibly:
        yield _line(each, "Possibly", possible.first, lasting(possible.first.at, possible.last.at, possible.times))


def _line(each: WronglySeen, seen: str, sighting: Sighting, when: str) -> WrongLine:
    return WrongLine(
        participant=each.participant_id,
        organisation=with_role(each.organisation),
        why=_WHY[each.reason],
        seen=seen,
        who=who_saw(sighting, each.sightings.users),
        when=when,
        how=HOW_SEEN[sighting.how] if sighting.receipt is None else what_left(sighting.receipt),
        sha256="" if sighting.receipt is None else sighting.receipt.sha256,
    )
