"""The versions of an agreement, in the words of support's pages."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from attrs import frozen

from checkdata.domain.people.agreement_history import BEFORE_HISTORY, AgreementVersion, changed_terms
from checkdata.domain.services.access.manage_agreements import RecordedVersion
from checkdata.entrypoints.web.presentation.days_and_times import exact_time

_TERMS: Final[Mapping[str, str]] = {
    "lead_provider_id": "Lead provider",
    "delivery_partner_id": "Delivery partner",
    "starts_on": "First day",
    "ends_on": "Last day",
    "first_academic_year": "First academic year",
    "last_academic_year": "Last academic year",
    "covers_unconfirmed": "Participants without a confirmed lead provider",
    "ended_on": "Ended by hand from",
}


@frozen(kw_only=True)
class VersionLine:
    """One version: when it was recorded, by whom or what, and what it changed, a sentence for each term."""

    when: str
    by: str
    what: Sequence[str]


def version_lines(history: Sequence[RecordedVersion]) -> Sequence[VersionLine]:
    """The versions, the newest first."""
    befores = [None, *(each.version for each in history)]
    lines = [
        VersionLine(when=_when(each.version), by=_by(each), what=list(_what(before, each.version)))
        for before, each in zip(befores, history, strict=False)
    ]
    return lines[::-1]


def _when(version: AgreementVersion) -> str:
    known_from_the_start = version.recorded_at == BEFORE_HISTORY
    return "Before versions were kept" if known_from_the_start else exact_time(version.recorded_at)


def _by(recorded: RecordedVersion) -> str:
    version = recorded.version
    if version.import_id is not None:
        return "The feed"
    if version.recorded_by is not None:
        return version.recorded_by if recorded.by is None else recorded.by.name
    return "" if version.recorded_at == BEFORE_HISTORY else "An operator"


def _what(before: AgreementVersion | None, now: AgreementVersion) -> Iterator[str]:
    if now.removed:
        yield "Removed"
    elif before is None or before.removed:
        yield "Added"
    else:
        changed = changed_terms(before.agreement, now.agreement)
        for name in filter(changed.__contains__, _TERMS):
            yield f"{_TERMS[name]}: {_word(changed[name])} (before: {_word(changed[f'{name}_before'])})"


def _word(value: str | int | bool) -> str:  # noqa: FBT001 - any value of a term
    if isinstance(value, bool):
        return "covered" if value else "not covered"
    return str(value) or "no limit"
