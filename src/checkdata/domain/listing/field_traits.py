"""The traits of each field of a listing row; `ListedParticipant` declares them where it declares the field."""

from collections.abc import Mapping
from typing import Final

from attrs import fields_dict, frozen

from checkdata.domain.people.organisations import AppropriateBody, DeliveryPartner
from checkdata.domain.training.records import Viewer

BOTH: Final[tuple[type[Viewer], ...]] = (DeliveryPartner, AppropriateBody)
"""Delivery partners and appropriate bodies."""

_TRAITS: Final = "traits"


@frozen(kw_only=True)
class FieldTraits:
    """The traits of a field, beside its type.

    ``versioned_for`` are the kinds of organisation in whose listing a change of it begins another version of the row
    (service rule 16): what their pages and downloads show, and what scopes and filters use. ``free_text`` is text
    that people typed: it may hold a comma, a quote or a formula. ``ordered`` is text that orders rows, by
    code point.
    """

    versioned_for: tuple[type[Viewer], ...] = ()
    free_text: bool = False
    ordered: bool = False


def traits(*versioned_for: type[Viewer], free_text: bool = False, ordered: bool = False) -> Mapping[str, FieldTraits]:
    """The metadata of an attrs field with these traits."""
    return {_TRAITS: FieldTraits(versioned_for=versioned_for, free_text=free_text, ordered=ordered)}


def traits_of(row: type) -> Mapping[str, FieldTraits]:
    """The traits of the fields of a row, by name, in their order; fields without traits are not among them."""
    return {name: field.metadata[_TRAITS] for name, field in fields_dict(row).items() if _TRAITS in field.metadata}
