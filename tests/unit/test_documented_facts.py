"""The tables of docs/facts.md have every field of the facts, with its type and default."""

from types import NoneType
from typing import Any, Final, get_args

import attrs
import pytest

from checkdata import AccessFacts, Agreement, AppropriateBody, DeliveryPartner, Grant, Organisation, User
from tests.documents import DOCS, tables

PAGE: Final = DOCS / "facts.md"


def type_in_words(kind: Any) -> str:  # noqa: ANN401 - any type
    if kind == Organisation:
        return "Organisation"
    if NoneType in get_args(kind):
        return " or ".join([*(type_in_words(each) for each in get_args(kind) if each is not NoneType), "None"])
    return kind.__name__ if not get_args(kind) else str(kind).replace(f"{get_args(kind)[0].__module__}.", "")


def default_in_words(field: "attrs.Attribute[Any]") -> str:
    return "" if field.default is attrs.NOTHING else f"`{field.default!r}`".replace("'", '"')


def declared(kind: type, prefix: str = "") -> list[list[str]]:
    return [
        [f"`{prefix}{field.name}`", f"`{type_in_words(field.type)}`", default_in_words(field)]
        for field in attrs.fields(kind)
    ]


@pytest.mark.parametrize("kind", [AccessFacts, User, Grant, Agreement])
def test_the_table_of_a_fact_has_its_fields_with_their_types_and_defaults(kind: type) -> None:
    assert [row[:3] for row in tables(PAGE, f"### {kind.__name__}")] == declared(kind)


def test_the_table_of_the_organisations_has_their_fields() -> None:
    expected = [*declared(DeliveryPartner, "DeliveryPartner."), *declared(AppropriateBody, "AppropriateBody.")]
    assert [row[:3] for row in tables(PAGE, "### The organisations")] == expected


@pytest.mark.parametrize("heading", ["AccessFacts", "User", "Grant", "Agreement", "The organisations"])
def test_every_field_says_what_it_means_and_what_blank_means(heading: str) -> None:
    for name, kind, _, meaning, blank in tables(PAGE, f"### {heading}"):
        assert meaning, name
        assert blank or kind == "`bool`", name
