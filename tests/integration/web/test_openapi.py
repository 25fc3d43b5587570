"""The OpenAPI document says what the API answers: every answer of it keeps its schemas."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from checkdata.domain.listing.columns import columns_for
from checkdata.domain.listing.filters import FILTER_NAMED
from checkdata.domain.people.organisations import Organisation
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.web.api import reading
from checkdata.entrypoints.web.api.endpoint import CHANGES, PARTICIPANTS
from checkdata.entrypoints.web.api.openapi import OPENAPI, openapi
from tests.integration.web.client import Client, check_laws
from tests.integration.web.programs import many, program_of
from tests.integration.web.world import ANN, BEA, BODY, NORTH, World

SHIPPED: Final = Path(__file__).parents[3] / "docs" / "openapi.json"


def schema_of(place: str, status: str, media_type: str) -> Draft202012Validator:
    """The schema of an answer, by the document."""
    document = openapi()
    schema = document["paths"][place]["get"]["responses"][status]["content"][media_type]["schema"]
    return Draft202012Validator({**schema, "components": document["components"]})


def test_everybody_may_read_the_document_and_it_is_the_one_that_is_shipped(world: World) -> None:
    response = Client(world).http.get(OPENAPI)
    assert response.status_code == 200
    check_laws(response, world)
    assert "set-cookie" not in response.headers
    assert response.json() == openapi() == json.loads(SHIPPED.read_text("utf-8"))


def test_the_shipped_document_is_what_the_module_prints() -> None:
    command = [sys.executable, "-m", "checkdata.entrypoints.web.api.openapi"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603
    assert printed == SHIPPED.read_text("utf-8")


def test_every_schema_of_the_document_is_one_and_every_reference_leads_somewhere() -> None:
    document = openapi()
    assert document["openapi"] == "3.1.0"
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
    text = json.dumps(document)
    for name in {part.partition('"')[0] for part in text.split('"#/components/schemas/')[1:]}:
        assert name in document["components"]["schemas"]


@pytest.mark.parametrize(
    ("place", "words"), [(PARTICIPANTS, reading.PARTICIPANTS_WORDS), (CHANGES, reading.CHANGES_WORDS)]
)
def test_the_document_names_every_word_that_is_understood_and_no_other(place: str, words: tuple[str, ...]) -> None:
    told = openapi()["paths"][place]["get"]["parameters"]
    named = [word["name"] for word in told if word["in"] == "query"]
    assert sorted(named) == sorted({*words, *FILTER_NAMED})


@pytest.mark.parametrize(("email", "organisation"), [(ANN, NORTH), (BEA, BODY)])
def test_every_answer_keeps_its_schema(world: World, email: EmailAddress, organisation: Organisation) -> None:
    program = program_of(world, email, organisation)
    world.pass_time(days=3)
    many(world, 25)
    since = f"since={world.now.date()}"
    for place, words in (
        (PARTICIPANTS, ""),
        (PARTICIPANTS, "per_page=20"),
        (PARTICIPANTS, f"updated_{since}"),
        (PARTICIPANTS, "query=nobody+at+all"),
        (CHANGES, since),
        (CHANGES, f"{since}&per_page=20&kind=new"),
    ):
        schema_of(place, "200", "application/json").validate(program.read(f"{place}?{words}"))
    for place, words, status in ((PARTICIPANTS, "status=x", 400), (CHANGES, "", 400)):
        told = program.ask(f"{place}?{words}", status).json()
        schema_of(place, str(status), "application/problem+json").validate(told)
    program.secret = "x"  # noqa: S105 - none
    for place in (PARTICIPANTS, CHANGES):
        schema_of(place, "401", "application/problem+json").validate(program.ask(place, 401).json())


@pytest.mark.parametrize(("schema", "organisation"), [("PartnerParticipant", NORTH), ("BodyParticipant", BODY)])
def test_a_row_has_the_columns_of_the_list_in_their_order(schema: str, organisation: Organisation) -> None:
    fields = list(openapi()["components"]["schemas"][schema]["properties"])
    assert fields == ["participant_id", *(column.name for column in columns_for(organisation.role))]
