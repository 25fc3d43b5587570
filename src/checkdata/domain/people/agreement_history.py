"""Every version of an agreement that was recorded, so that a past day can be asked about as it was known then."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Final

from attrs import asdict, frozen

from checkdata.domain.people.organisations import Agreement
from checkdata.domain.values import ImportId, UserId

BEFORE_HISTORY: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""When the first version was recorded of an agreement that is older than this record, because nothing tells when."""


@frozen(kw_only=True)
class AgreementVersion:
    """The terms of an agreement as they were recorded at one moment, and what recorded them.

    That is the feed of ``import_id``, or the support user ``recorded_by``; if both are None, an operator. ``removed``
    means that a complete feed left it out before it was in force on any earlier day, so that it is no longer known;
    its terms are then the last ones. The terms hold from ``recorded_at`` until the next version's.
    """

    agreement: Agreement
    recorded_at: datetime
    import_id: ImportId | None = None
    recorded_by: UserId | None = None
    removed: bool = False


def agreements_as_known(versions: Iterable[AgreementVersion], at: datetime) -> Sequence[Agreement]:
    """The agreements as they were known at a moment, by id, of their *versions*, the oldest first."""
    last = {version.agreement.id: version for version in versions if version.recorded_at <= at}
    return [version.agreement for _, version in sorted(last.items()) if not version.removed]


def versions_of_import(
    newest: Iterable[AgreementVersion], agreements: Iterable[Agreement], import_id: ImportId, at: datetime
) -> Sequence[tuple[Agreement | None, AgreementVersion]]:
    """The versions that an import makes where its *agreements* differ from the *newest* versions, by id.

    Each comes after the agreement as it was before, None if it is new.
    """
    known = {each.agreement.id: each.agreement for each in newest if not each.removed}
    found = {agreement.id: agreement for agreement in agreements}
    made: list[tuple[Agreement | None, AgreementVersion]] = []
    for key in sorted(known.keys() | found.keys()):
        before, after = known.get(key), found.get(key)
        terms_now = after or before
        if before != after and terms_now is not None:
            version = AgreementVersion(agreement=terms_now, removed=after is None, recorded_at=at, import_id=import_id)
            made.append((before, version))
    return made


def terms(agreement: Agreement) -> Mapping[str, str | int | bool]:
    """The terms of an agreement as slugs and numbers, "" where there is no limit."""
    return {name: _slug(value) for name, value in asdict(agreement).items() if name not in ("id", "added_by_hand")}


def changed_terms(before: Agreement, after: Agreement) -> Mapping[str, str | int | bool]:
    """The terms that differ: each as it is, and by its name with ``_before`` as it was."""
    old, new = terms(before), terms(after)
    names = [name for name in new if new[name] != old[name]]
    return {**{name: new[name] for name in names}, **{f"{name}_before": old[name] for name in names}}


def _slug(value: date | str | int | bool | None) -> str | int | bool:  # noqa: FBT001 - any value of a term
    return "" if value is None else value.isoformat() if isinstance(value, date) else value
