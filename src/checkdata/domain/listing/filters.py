"""The filters of a listing, each declared once: its word, its label, its values and who has it (service rule 12)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from typing import Any, Final

from attrs import Factory, frozen
from attrs import field as attribute

from checkdata.domain.errors import InvalidQuery
from checkdata.domain.listing.labels import INDUCTION_TYPES, ROLE_LABELS, WHO_ACTS_LABELS, select_one
from checkdata.domain.people.organisations import Role
from checkdata.domain.training.facts import InductionType, ParticipantRole
from checkdata.domain.training.statuses import Status
from checkdata.domain.training.who_acts import WhoActs
from checkdata.domain.values import LeadProviderId, checked_academic_year, checked_identifier

BETWEEN_VALUES: Final = " "
"""Stands between the values of one filter, where they are one word: no value has it."""


@frozen(kw_only=True)
class Filter:
    """A filter of rows: a row meets it if its field has any of the values that are chosen.

    ``name`` is its name in an address, and that of the field unless ``field`` is given; ``roles`` are the roles whose
    lists have it. ``read`` makes a value from a slug, or raises `ValueError`; ``text`` is a value as a user in a role
    reads it. ``values`` are all its values; if None, the values of the rows count, highest first. ``unknown`` is what
    is said of another slug.
    """

    name: str
    label: str
    roles: tuple[Role, ...]
    read: Callable[[str], Any]
    text: Callable[[Any, Role], str]
    values: tuple[Any, ...] | None = None
    unknown: str = attribute(default=Factory(lambda self: select_one(self.label.lower()), takes_self=True))
    field: str = attribute(default=Factory(lambda self: self.name, takes_self=True))

    def value_of(self, word: str) -> Any:  # noqa: ANN401 - each filter has values of its own
        """The value of a slug; `InvalidQuery` for any other word."""
        try:
            return self.read(word)
        except ValueError:
            raise InvalidQuery(self.name, self.unknown) from None

    def values_of(self, word: str) -> tuple[Any, ...]:
        """The values whose slugs a word has, each once and in the order of `choices`; `InvalidQuery` for any other."""
        chosen = set(map(self.value_of, word.split(BETWEEN_VALUES)))
        return tuple(value for value in self.choices(chosen) if value in chosen)

    def choices(self, present: Iterable[Any]) -> Sequence[Any]:
        """What a user may choose when the rows have the values *present*; None is the value of rows that have none."""
        return sorted({*present} - {None}, reverse=True) if self.values is None else self.values


FILTERS: Final = (
    Filter(
        name="role",
        label="Role",
        roles=(Role.DELIVERY_PARTNER,),
        read=ParticipantRole,
        text=lambda value, _: ROLE_LABELS[value],
        values=tuple(ParticipantRole),
    ),
    Filter(
        name="academic_year",
        label="Academic year",
        roles=(Role.DELIVERY_PARTNER, Role.APPROPRIATE_BODY),
        read=checked_academic_year,
        text=lambda value, _: str(value),
    ),
    Filter(
        name="status",
        label="Status",
        roles=(Role.DELIVERY_PARTNER, Role.APPROPRIATE_BODY),
        read=Status,
        text=lambda value, role: value.label_for(role),
        values=tuple(Status),
    ),
    Filter(
        name="next",
        label="Who needs to act",
        roles=(Role.DELIVERY_PARTNER, Role.APPROPRIATE_BODY),
        read=WhoActs,
        text=lambda value, _: WHO_ACTS_LABELS[value],
        values=tuple(WhoActs),
        unknown="Select who needs to act from the list",
    ),
    Filter(
        name="induction_type",
        label="Induction type",
        roles=(Role.APPROPRIATE_BODY,),
        read=InductionType,
        text=lambda value, _: INDUCTION_TYPES[value],
        values=tuple(InductionType),
    ),
    Filter(
        name="lead_provider",
        label="Lead provider",
        roles=(Role.DELIVERY_PARTNER,),
        read=lambda word: LeadProviderId(checked_identifier(word)),
        text=lambda value, _: str(value),
        field="lead_provider_id",
    ),
)
"""Every filter, in the order of a page."""

FILTERED_FIELDS: Final = tuple(each.field for each in FILTERS)
"""The fields that they compare, in the same order."""

FILTER_NAMED: Final = {each.name: each for each in FILTERS}
"""The filters by their names."""


def filters_for(role: Role) -> Sequence[Filter]:
    """The filters of the lists of a role, in the order of a page."""
    return [each for each in FILTERS if role in each.roles]


def refuse_filters_of_others(role: Role, words: Mapping[str, str]) -> None:
    """Raise `InvalidQuery` for a filter that lists of this role do not have: it is never ignored."""
    for each in FILTERS:
        if words.get(each.name) and role not in each.roles:
            raise InvalidQuery(each.name, f"This list cannot be filtered by {each.label.lower()}")


def slug(value: object) -> str | int:
    """A value as databases keep it."""
    return value.value if isinstance(value, Enum) else value  # type: ignore[return-value] # only words and numbers


def word_of(values: Iterable[object]) -> str:
    """The values of one filter as one word, of which `Filter.values_of` makes them again."""
    return BETWEEN_VALUES.join(map(slug_text, values))


def has_value(word: str, value: object) -> bool:
    """Whether a value is among those of a word."""
    return slug_text(value) in word.split(BETWEEN_VALUES)


def slug_text(value: object) -> str:
    """A value as a part of a word; "" for that of rows that have none, which is in no word."""
    return "" if value is None else str(slug(value))
