"""What is sent compressed, and that nothing is whose length could tell a secret (docs/decisions/0018)."""

import pytest
from starlette.datastructures import Headers

from checkdata.entrypoints.web.compression import takes_gzip
from tests.integration.web.client import Client
from tests.integration.web.world import BEA

TEXTS = {
    "/static/checkdata.css": "text/css",
    "/static/start.js": "text/javascript",
    "/static/icon.svg": "image/svg+xml",
    "/static/govuk/govuk-frontend.min.css": "text/css",
    "/static/govuk/govuk-frontend.min.js": "text/javascript",
}
STYLES = "/static/checkdata.css"
NOT_TYPED = (
    "",
    "?per_page=20",
    "?page=1&sort=since&direction=descending",
    "?per_page=100&acting=delivery_partner:dp-north",
)
TYPED = (
    "/participants?query=ada",
    "/participants?role=ect",
    "/participants?per_page=20&status=training_or_eligible_for_training",
    "/participants?academic_year=2023",
    "/participants?other=word",
    "/changes",
    "/changes?since=2024-01-01",
    "/participants/p-1",
    "/participants/p-1?query=ada",
    "/downloads",
    "/nominate",
    "/",
    "/help/statuses",
    "/sign-in",
)
GZIP = {"accept-encoding": "gzip, deflate, br"}
PLAIN = {"accept-encoding": "identity"}


@pytest.mark.parametrize(("path", "kind"), TEXTS.items())
def test_static_texts_are_kept_for_an_hour_and_compressed(client: Client, path: str, kind: str) -> None:
    whole, packed = client.http.get(path, headers=PLAIN), client.http.get(path, headers=GZIP)
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == whole.content
    assert "content-encoding" not in whole.headers
    for answer in (whole, packed):
        assert answer.headers["content-type"].partition(";")[0] == kind
        assert answer.headers["cache-control"] == "public, max-age=3600"
        assert answer.headers["vary"] == "Accept-Encoding"


def test_a_cache_keeps_a_file_and_its_compressed_form_apart(client: Client) -> None:
    marks = {kind["accept-encoding"]: client.http.get(STYLES, headers=kind).headers["etag"] for kind in (GZIP, PLAIN)}
    assert len(set(marks.values())) == 2
    for asked in marks:
        for of, mark in marks.items():
            answer = client.http.get(STYLES, headers={"accept-encoding": asked, "if-none-match": mark})
            assert answer.status_code == (304 if asked == of else 200)
            assert answer.headers["vary"] == "Accept-Encoding"


def test_what_is_compressed_already_is_sent_as_it_is(client: Client) -> None:
    answer = client.http.get("/static/govuk/assets/images/govuk-icon-180.png", headers=GZIP)
    assert answer.status_code == 200
    assert not {"content-encoding", "vary"} & set(answer.headers)


@pytest.mark.parametrize(
    ("said", "takes"),
    [
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("deflate,gzip ; q=1.0", True),
        ("", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("gzipped", False),
    ],
)
def test_a_client_gets_what_it_takes(said: str, takes: bool) -> None:  # noqa: FBT001 - a case
    assert takes_gzip(Headers({"accept-encoding": said})) is takes


@pytest.mark.parametrize("words", NOT_TYPED)
def test_a_list_is_compressed_where_nothing_in_its_address_was_typed(ann: Client, words: str) -> None:
    whole, packed = (ann.http.get(f"/participants{words}", headers=kind) for kind in (PLAIN, GZIP))
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(whole.content) / 2
    assert {answer.headers["vary"] for answer in (whole, packed)} == {"Accept-Encoding"}
    assert packed.headers["cache-control"] == "no-store"
    assert "content-encoding" not in whole.headers
    assert len(packed.content) == len(whole.content)


def test_the_list_of_a_body_is_compressed_too(client: Client) -> None:
    client.sign_in(BEA)
    assert client.http.get("/ects", headers=GZIP).headers["content-encoding"] == "gzip"


@pytest.mark.parametrize("path", TYPED)
def test_no_other_page_is_compressed(ann: Client, path: str) -> None:
    answer = ann.http.get(path, headers=GZIP)
    assert answer.status_code in (200, 303)
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize("word", ["acting", "page", "per_page", "sort", "direction"])
def test_no_word_of_a_compressed_list_can_be_typed(ann: Client, word: str) -> None:
    answer = ann.http.get(f"/participants?{word}=csrf_token", headers=GZIP)
    assert answer.status_code in (404, 422)
    assert "content-encoding" not in answer.headers


def test_no_length_tells_whether_a_search_repeats_the_token_of_a_form(ann: Client) -> None:
    token = ann.get("/participants").one("form", id="sign-out").one("input", name="csrf_token").attributes["value"]
    other = "".join("0" if letter != "0" else "1" for letter in token)
    lengths = {
        int(ann.http.get(f"/participants?query={guess}", headers=GZIP).headers["content-length"])
        for guess in (token, other, token[:32] + other[32:])
    }
    assert len(lengths) == 1
