from pathlib import Path

import pytest

from checkdata.domain.errors import CheckdataError
from checkdata.entrypoints.web.app import STATIC
from checkdata.entrypoints.web.static_files import CachedFiles, served_in
from tests.integration.web.client import Client

OWN = {"checkdata.css", "copy.js", "icon.svg", "kept_list.js", "search.js", "session.js", "start.js"}
GOVUK = {"govuk-frontend.min.css", "govuk-frontend.min.js"}


def is_for_pages(path: Path) -> bool:
    """Whether a file was unpacked or written for pages to ask for."""
    inside = path.relative_to(STATIC)
    return (
        str(inside) in OWN
        or (inside.parent == Path("govuk") and inside.name in GOVUK)
        or inside.is_relative_to("govuk/assets")
    )


def test_of_all_files_in_the_folder_those_are_served_that_pages_ask_for(client: Client) -> None:
    files = [path for path in STATIC.rglob("*") if path.is_file()]
    assert {path.name for path in files} >= {".unpacked", *OWN, *GOVUK}
    answers = {path: client.http.get(f"/static/{path.relative_to(STATIC)}").status_code for path in files}
    assert answers == {path: 200 if is_for_pages(path) else 404 for path in files}


@pytest.mark.parametrize(
    "name", [".env", ".git/config.json", "a.css~", "notes.txt", "a.css.orig", "app.py", ".hidden.css", "deep/.x/a.js"]
)
def test_a_file_left_in_the_folder_is_not_served(tmp_path: Path, name: str) -> None:
    for each in (name, "a.css", "deep/b.woff2"):
        (tmp_path / each).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / each).write_text("x")
    assert served_in(tmp_path) == {"a.css", "deep/b.woff2"}


def test_a_service_built_without_its_stylesheets_says_so_and_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(CheckdataError, match="has only the rules"):
        CachedFiles(tmp_path / "govuk")
