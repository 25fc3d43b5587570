"""Reference data in memory: what an import adds, changes and takes away."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

from attrs import astuple, evolve, frozen

from checkdata.adapters.memory.state import StoredState
from checkdata.domain.feed.contents import Changes, NamedIds, References
from checkdata.domain.people.organisations import Agreement, AppropriateBody, DeliveryPartner

Key = TypeVar("Key", bound=str)
Thing = TypeVar("Thing")


@frozen
class ReferenceKind:
    """One reference file: its name in `StoredState` and `References`, its key, and how a warning calls one row."""

    name: str
    key: str
    called: str


# Agreements first, so that a lead provider that only deleted agreements name can be deleted too.
KINDS: Final = (
    ReferenceKind("agreements", "id", "agreement"),
    ReferenceKind("lead_providers", "id", "lead provider"),
    ReferenceKind("delivery_partners", "id", "delivery partner"),
    ReferenceKind("appropriate_bodies", "id", "appropriate body"),
    ReferenceKind("schools", "urn", "school"),
)


def put(stored: Mapping[Key, Thing], things: Mapping[Key, Thing]) -> tuple[dict[Key, Thing], Changes]:
    """What is stored once *things* replace what was stored, and what that changes; a new name counts as a change."""
    old = {key: _told(stored[key]) for key in things if key in stored}
    unchanged = sum(old[key] == _told(things[key]) for key in old)
    changes = Changes(added=len(things) - len(old), changed=len(old) - unchanged, unchanged=unchanged)
    return {**stored, **things}, changes


def total(parts: Iterable[Changes]) -> Changes:
    """The sum of changes."""
    found = list(parts)
    return Changes(
        added=sum(part.added for part in found),
        changed=sum(part.changed for part in found),
        unchanged=sum(part.unchanged for part in found),
        removed=sum(part.removed for part in found),
    )


def put_references(state: StoredState, references: References) -> tuple[StoredState, Changes]:
    """The state that follows when *references* are added and changed, and what that changes."""
    changes = []
    for kind in KINDS:
        things = getattr(references, kind.name)
        if things is not None:
            told = {getattr(thing, kind.key): thing for thing in things}
            stored, change = put(getattr(state, kind.name), _as_ended(state, told))
            state = _with(state, kind, stored)
            changes.append(change)
    return state, total(changes)


def delete_missing(state: StoredState, named: NamedIds) -> tuple[StoredState, Changes, Sequence[str]]:
    """The state without what is not named, what that changes, and a warning for each kept in use."""
    removed, warnings = 0, []
    for kind in KINDS:
        ids = getattr(named, kind.name)
        if ids is None:
            continue
        stored, in_use = getattr(state, kind.name), set(_used(state, kind))
        missing = {key for key, thing in stored.items() if key not in ids and not _by_hand(thing)}
        warnings += [_warning(kind, key) for key in sorted(missing & in_use)]
        gone = missing - in_use
        state = _with(state, kind, {key: thing for key, thing in stored.items() if key not in gone})
        removed += len(gone)
    return state, Changes(removed=removed), warnings


def _as_ended(state: StoredState, told: Mapping[str, Any]) -> dict[str, Any]:
    """The feed's agreements, each with what the feed does not know: one that was ended by hand stays ended."""
    return {
        key: evolve(thing, ended_on=state.agreements[key].ended_on, added_by_hand=state.agreements[key].added_by_hand)
        if isinstance(thing, Agreement) and key in state.agreements
        else thing
        for key, thing in told.items()
    }


def _by_hand(thing: object) -> bool:
    """Whether it was added by hand, so that a feed without it does not delete it."""
    return isinstance(thing, Agreement) and thing.added_by_hand


def _with(state: StoredState, kind: ReferenceKind, things: Mapping[str, object]) -> StoredState:
    following: dict[str, Any] = {kind.name: things}
    return evolve(state, **following)


def _used(state: StoredState, kind: ReferenceKind) -> Iterator[str | None]:
    """The keys of this kind that training records, agreements and grants name."""
    records, agreements, grants = state.training_records.values(), state.agreements.values(), state.grants.values()
    match kind.name:
        case "lead_providers":
            yield from (record.lead_provider_id for record in records)
            yield from (agreement.lead_provider_id for agreement in agreements)
            yield from (grant.confirmed_by for grant in grants)
        case "delivery_partners":
            yield from (record.delivery_partner_id for record in records)
            yield from (agreement.delivery_partner_id for agreement in agreements)
            yield from (grant.organisation.id for grant in grants if isinstance(grant.organisation, DeliveryPartner))
        case "appropriate_bodies":
            yield from (record.appropriate_body_id for record in records)
            yield from (grant.organisation.id for grant in grants if isinstance(grant.organisation, AppropriateBody))
        case "schools":
            yield from (record.school_urn for record in records)


def _warning(kind: ReferenceKind, key: str) -> str:
    return f"{kind.name}.csv leaves out {kind.called} {key}, which is still in use: it stays."


def _told(thing: Any) -> tuple[object, ...]:  # noqa: ANN401 - any attrs class
    """Everything in a row, including names that do not make two rows different."""
    return astuple(thing)
