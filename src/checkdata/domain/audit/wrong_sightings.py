"""When a partner was shown a participant wrongly, as it is known now: the list that a breach report needs (rule 15).

Agreements and records are corrected backwards. A partner saw a participant by right, as it was known then, and it turns
out later that no agreement ever covered them, or that the school had chosen the wrong partner. What only ends, at
once or later, was right until then.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from enum import Enum
from functools import cache
from itertools import pairwise
from typing import Final

from attrs import field, frozen

from checkdata.domain.access.decision import scope_of
from checkdata.domain.access.scope import Scope
from checkdata.domain.audit.tracing import ParticipantSightings, ShownRow, Trail
from checkdata.domain.listing.rows import ListedParticipant
from checkdata.domain.people.agreement_history import AgreementVersion, agreements_as_known
from checkdata.domain.people.organisations import Agreement, DeliveryPartner, Organisation, Role
from checkdata.domain.training.statuses import GONE
from checkdata.domain.values import ParticipantId, london_date, london_midnight

END_OF_TIME: Final = datetime.max.replace(tzinfo=london_midnight(date(2024, 1, 1)).tzinfo)


class WrongReason(Enum):
    """Why it was wrong: no agreement covered them, as it is known now, or they were never this partner's."""

    AGREEMENT = "agreement"
    PARTNER = "partner"


@frozen(kw_only=True)
class WrongStretch:
    """A participant was shown to a partner wrongly from ``start`` on and before ``end``."""

    start: datetime
    end: datetime
    reason: WrongReason

    def within(self, start: datetime | None, end: datetime | None) -> "WrongStretch | None":
        """The part of it from one moment on and before another; None if there is none."""
        first, last = max(self.start, start or self.start), min(self.end, end or self.end)
        return WrongStretch(start=first, end=last, reason=self.reason) if first < last else None


@frozen(kw_only=True)
class WronglySeen:
    """Who of a partner saw, or may have seen, one participant wrongly, and why that was wrong."""

    participant_id: ParticipantId
    organisation: Organisation
    reason: WrongReason
    sightings: ParticipantSightings


@frozen
class KnownTerms:
    """What agreements of a partner covered at each moment: as it was known then, and as it is known now.

    ``versions`` are those that count, the oldest first; ``now`` are all agreements of the partner as they are known.
    """

    partner: DeliveryPartner
    versions: Sequence[AgreementVersion]
    now: Sequence[Agreement]
    _corrected: Callable[[str | None, int], Sequence[tuple[datetime, datetime]]] = field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        """Remember the answers, because participants share lead providers and years."""
        object.__setattr__(self, "_corrected", cache(self._stretches))

    def corrected(self, listed: ListedParticipant) -> Sequence[tuple[datetime, datetime]]:
        """From when and before when such a row was covered as it was known then, and is not as it is known now."""
        return self._corrected(listed.lead_provider_id, listed.academic_year)

    def covers_now(self, listed: ListedParticipant, moment: datetime) -> bool:
        """Whether an agreement covered such a row at a moment, as it is known now."""
        return self._covered_now(_Row.of(self.partner, listed), moment)

    def _stretches(self, lead_provider_id: str | None, academic_year: int) -> Sequence[tuple[datetime, datetime]]:
        row = _Row(self.partner.id, lead_provider_id, academic_year)
        return [
            (start, end)
            for start, end in pairwise((*self._turns(), END_OF_TIME))
            if self._covered_then(row, start) and not self._covered_now(row, start)
        ]

    def _turns(self) -> Sequence[datetime]:
        """Every moment at which an answer may change."""
        days: set[date] = set()
        for agreement in (*self.now, *(version.agreement for version in self.versions)):
            last = agreement.last_day
            days |= {
                agreement.starts_on,
                *(() if last is None else (last + timedelta(days=1), last + timedelta(days=2))),
            }
        return sorted({*map(london_midnight, days), *(version.recorded_at for version in self.versions)})

    def _covered_then(self, row: "_Row", moment: datetime) -> bool:
        return _covers(self.partner, agreements_as_known(self.versions, moment), row, london_date(moment))

    def _covered_now(self, row: "_Row", moment: datetime) -> bool:
        """On the day on which an agreement was ended at once, it counts until then: that is no correction."""
        day = london_date(moment)
        before = [agreement for agreement in self.now if self._was_ended_on(day, agreement)]
        return _covers(self.partner, self.now, row, day) or _covers(self.partner, before, row, day - timedelta(days=1))

    def _was_ended_on(self, day: date, agreement: Agreement) -> bool:
        last = day - timedelta(days=1)
        return agreement.last_day == last and any(
            version.agreement.id == agreement.id
            and version.agreement.last_day == last
            and london_date(version.recorded_at) == day
            for version in self.versions
        )


@frozen
class _Row:
    """As much of a row as a scope of a partner reads."""

    delivery_partner_id: str
    lead_provider_id: str | None
    academic_year: int

    @classmethod
    def of(cls, partner: DeliveryPartner, listed: ListedParticipant) -> "_Row":
        """That of a row of the partner's listing."""
        return cls(partner.id, listed.lead_provider_id, listed.academic_year)


def wrong_stretches(trail: Trail, terms: KnownTerms) -> Iterator[WrongStretch]:
    """The stretches of time in which no agreement covered a participant of a partner, as it is known now."""
    for stood in _rows_at(trail, terms.partner):
        shown = trail.made[stood.began], END_OF_TIME if stood.ended is None else trail.made[stood.ended]
        for start, end in terms.corrected(stood.listed):
            first, last = max(start, shown[0]), min(end, shown[1])
            if first < last:
                yield WrongStretch(start=first, end=last, reason=WrongReason.AGREEMENT)


def may_be_at_wrong_partner(trail: Trail, partner: DeliveryPartner) -> bool:
    """Whether `stretch_at_wrong_partner` may be one, as far as the rows of the partner tell."""
    return _taken_away(_by_beginning(trail, partner)) is not None


def stretch_at_wrong_partner(trail: Trail, partner: DeliveryPartner) -> WrongStretch | None:
    """The time in which a partner was shown a participant whom a feed has taken from it since; None if none has.

    A participant who moves or withdraws stays in the partner's listing for a time, as one who is no longer involved,
    and one who is nowhere any more was deleted. One who is taken away at once, and is still listed for another
    organisation, had a record that named the wrong partner (feed.md: a participant who moves has several records).
    """
    rows = _by_beginning(trail, partner)
    ended = _taken_away(rows)
    if ended is None or not any(stood.stands(ended) for stood in trail.stood if stood.organisation != _named(partner)):
        return None
    began = rows[-1].began
    for stood in reversed(rows):
        began = stood.began if stood.ended == began else began
    return WrongStretch(start=trail.made[began], end=trail.made[ended], reason=WrongReason.PARTNER)


def _taken_away(rows: Sequence[ShownRow]) -> int | None:
    """The import that took away a participant who was still involved as they were shown last; None if none did."""
    last = rows[-1] if rows else None
    return None if last is None or last.listed.group in GONE else last.ended


def _by_beginning(trail: Trail, partner: DeliveryPartner) -> Sequence[ShownRow]:
    return sorted(_rows_at(trail, partner), key=lambda stood: stood.began)


def _rows_at(trail: Trail, partner: DeliveryPartner) -> Sequence[ShownRow]:
    return [stood for stood in trail.stood if stood.organisation == _named(partner)]


def _named(partner: DeliveryPartner) -> tuple[Role, str]:
    return partner.role, partner.id


def _covers(partner: DeliveryPartner, agreements: Iterable[Agreement], row: _Row, day: date) -> bool:
    scope = scope_of(partner, agreements, on=day)
    return isinstance(scope, Scope) and scope.covers(row)
