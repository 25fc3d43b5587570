import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import date
from functools import cache
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject, SearchStrategy
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]

from checkdata import json as documents
from checkdata.domain.access.decision import AccessFacts
from checkdata.domain.access.predicates import AllOf, AtLeast
from checkdata.domain.errors import InvalidValue
from checkdata.json._schemas import made
from tests.strategies import agreements
from tests.unit.json.examples import FACTS, KINDS

each_kind = pytest.mark.parametrize("name", KINDS)

ANYTHING: Final[SearchStrategy[Any]] = (
    st.none()
    | st.booleans()
    | st.integers(-1, 2)
    | st.floats(allow_nan=False)
    | st.sampled_from(["", " a", "a\n", "2024-02-30", "20240101", "2024-01-01\n", "ect", "1", "role"])
    | st.just([])
    | st.just({})
    | st.just([[]])
)
"""What stands in a document where something else should."""


@cache
def validator(name: documents.SchemaName) -> Draft202012Validator:
    schema = documents.schema(name)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=FormatChecker())


def sent(document: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
    return json.loads(json.dumps(document))


def places(value: object) -> Iterator[tuple[str | int, ...]]:
    """Every place of a document but its root."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inside:
        yield (key,)
        yield from ((key, *below) for below in places(part))


def parent_of(document: Any, place: tuple[str | int, ...]) -> Any:  # noqa: ANN401 - JSON
    for key in place[:-1]:
        document = document[key]
    return document


@each_kind
@given(data=st.data())
def test_what_is_read_is_what_was_written(name: documents.SchemaName, data: DataObject) -> None:
    kind = KINDS[name]
    value = data.draw(kind.values)
    document = sent(kind.write(value))
    assert kind.read(document) == value
    assert kind.write(kind.read(document)) == document
    validator(name).validate(document)


@given(facts=FACTS)
def test_facts_that_were_sent_have_the_version_that_they_had(facts: AccessFacts) -> None:
    assert documents.facts_from_json(sent(documents.facts_to_json(facts))).version == facts.version


@each_kind
@given(data=st.data())
def test_a_document_with_something_wrong_is_refused_with_its_place_or_is_one_of_its_schema(
    name: documents.SchemaName, data: DataObject
) -> None:
    kind = KINDS[name]
    document = sent(kind.write(data.draw(kind.values)))
    place = data.draw(st.sampled_from(list(places(document))))
    data.draw(st.sampled_from([replaced, removed, added]))(document, place, data.draw(ANYTHING))
    refusal = refused(name, document)
    if refusal is None:
        validator(name).validate(document)
    else:
        assert refusal.startswith(("/", "the document: "))


def refused(name: documents.SchemaName, document: Any) -> str | None:  # noqa: ANN401 - JSON
    try:
        KINDS[name].read(document)
    except InvalidValue as refusal:
        return str(refusal)
    return None


def replaced(document: object, place: tuple[str | int, ...], value: object) -> None:
    parent_of(document, place)[place[-1]] = value


def removed(document: object, place: tuple[str | int, ...], _: object) -> None:
    del parent_of(document, place)[place[-1]]


def added(document: object, place: tuple[str | int, ...], value: object) -> None:
    parent = parent_of(document, place)
    if isinstance(parent, dict):
        parent["surplus"] = value
    else:
        parent.append(value)


GOOD: Final = {
    "version": 1,
    "user": {"id": "u1", "email": "ann@north.example", "name": "Ann Lee"},
    "grants": [
        {
            "id": "g1",
            "user_id": "u1",
            "organisation": {"role": "delivery_partner", "id": "dp-north", "name": "North Hub"},
            "granted_on": "2024-01-08",
            "granted_by": "sam",
            "reason": "Ticket 12",
        }
    ],
    "agreements": [
        {
            "id": "ag1",
            "lead_provider_id": "lp-1",
            "delivery_partner_id": "dp-north",
            "starts_on": "2023-09-01",
            "ends_on": "2024-08-31",
        }
    ],
}
WRONG: Final = {
    ("version",): (2, "/version: expected 1"),
    ("version", ""): (True, "/version: expected 1"),
    ("user",): ("ann", "/user: expected an object"),
    ("user", "id"): (7, "/user/id: expected a text"),
    ("user", "id", ""): (" ", "/user/id: an id is not blank"),
    ("user", "suspended"): ("false", "/user/suspended: expected true or false"),
    ("user", "surname"): ("Lee", "/user/surname: is not one of the fields: id, email, name, suspended, second"),
    ("user", "Ann Lee"): (1, "/user/?: is not one of the fields"),
    ("user", "second"): (
        {"email": "a@b.example", "confirmed_at": "2024-01-08T09:00:00"},
        "/user/second/confirmed_at: ",
    ),
    ("grants",): ({}, "/grants: expected a list"),
    ("grants", 0, "organisation", "role"): ("school", "/grants/0/organisation/role: expected one of delivery_partner,"),
    ("grants", 0, "organisation"): (
        {"role": "support", "id": "x"},
        "/grants/0/organisation/id: is not one of the fields: none",
    ),
    ("grants", 0, "granted_on"): ("8 January 2024", "/grants/0/granted_on: expected a day, such as 2024-01-08"),
    ("grants", 0, "granted_on", ""): ("2023-02-29", "/grants/0/granted_on: no calendar has this day"),
    ("grants", 0, "warning"): ({"reason": "late"}, "/grants/0/warning/told_on: is missing"),
    ("agreements", 0, "ends_on"): ("2022-01-01", "/agreements/0: an agreement can't end before it starts"),
    ("agreements", 0, "first_academic_year"): (2023.0, "/agreements/0/first_academic_year: expected a whole number"),
    ("agreements", 0, "last_academic_year"): (True, "/agreements/0/last_academic_year: expected a whole number"),
}


def test_the_facts_that_are_spoilt_here_are_right_and_leave_out_what_has_a_default() -> None:
    facts = documents.facts_from_json(GOOD)
    assert facts.agreements[0].covers_unconfirmed
    assert facts.agreements[0].ends_on == date(2024, 8, 31)
    validator("facts").validate(GOOD)


@pytest.mark.parametrize("place", WRONG, ids=lambda place: "/".join(map(str, place)))
def test_the_place_of_what_is_wrong_is_told(place: tuple[str | int, ...]) -> None:
    value, message = WRONG[place]
    document = deepcopy(GOOD)
    replaced(document, place if place[-1] else place[:-1], value)
    with pytest.raises(InvalidValue) as refused:
        documents.facts_from_json(document)
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize("field", ["version", "user", "grants", "agreements"])
def test_a_field_without_a_default_must_be_there(field: str) -> None:
    document = {name: value for name, value in GOOD.items() if name != field}
    with pytest.raises(InvalidValue, match=f"^/{field}: "):
        documents.facts_from_json(document)


@each_kind
@pytest.mark.parametrize("document", [None, [], "facts", 1, {}, {1: 2}], ids=repr)
def test_what_is_no_document_is_refused(name: documents.SchemaName, document: Any) -> None:  # noqa: ANN401
    with pytest.raises(InvalidValue):
        KINDS[name].read(document)


def test_a_decision_is_refused_where_its_predicate_is_not_the_one_of_its_rules() -> None:
    scope = {
        "organisation": {"role": "appropriate_body", "id": "ab", "name": "A"},
        "predicate": {"type": "compound", "operator": "and", "value": []},
    }
    document = {"version": 1, "decision": "granted", "scope": scope, "holds_until": None}
    with pytest.raises(InvalidValue, match=r"^/scope: the predicate is not the one"):
        documents.decision_from_json(document)


def test_the_place_of_a_wrong_condition_is_told() -> None:
    document = sent(documents.predicate_to_json(AllOf([AllOf([AtLeast("year", 2024)])])))
    document["value"][0]["value"][0]["value"][1]["value"] = True
    with pytest.raises(InvalidValue, match=r"^/value/0/value/0/value/0: "):
        documents.predicate_from_json(document)


def test_a_tree_that_is_too_deep_is_refused() -> None:
    document: dict[str, Any] = {"type": "compound", "operator": "and", "value": []}
    for _ in range(100_000):
        document = {"type": "compound", "operator": "and", "value": [document]}
    with pytest.raises(InvalidValue, match="no tree is more than 100 deep"):
        documents.predicate_from_json(document)


@pytest.mark.parametrize("name", ["acting", "decision", "facts", "training_facts"])
def test_only_a_value_of_its_own_kind_is_written(name: documents.SchemaName) -> None:
    with pytest.raises(TypeError, match=f"^{name}: expected "):
        KINDS[name].write("Ann")


@given(agreement=agreements())
def test_a_value_of_a_wrong_type_is_not_written(agreement: Any) -> None:  # noqa: ANN401
    object.__setattr__(agreement, "added_by_hand", "no")
    facts = AccessFacts(user=None, grants=[], agreements=[agreement])
    with pytest.raises(TypeError, match=r"^/agreements/0/added_by_hand: expected bool, not str"):
        documents.facts_to_json(facts)


@each_kind
def test_the_schema_that_ships_is_the_one_of_the_declaration(name: documents.SchemaName) -> None:
    assert documents.schema(name) == made(name), (
        f"python -m checkdata.json._print_schema {name} > …/schemas/{name}.json"
    )


def test_a_schema_of_another_name_is_refused() -> None:
    with pytest.raises(InvalidValue, match="expected one of acting, decision, facts, predicate, training_facts"):
        documents.schema("../facts")  # type: ignore[arg-type]
