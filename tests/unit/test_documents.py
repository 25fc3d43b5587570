"""The pages of the site: each is found, and all code on them runs and prints what they say."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.documents import DOCS, ROOT, blocks, indented_code, pages, printed, script
from tests.unit.test_public_face import NAMES, public_only

README: Final = ROOT / "README.md"
WITH_CODE: Final = [page for page in (README, *pages()) if script(page)]
FOUND_BY_A_LIST: Final = "decisions/0"
"""Decisions, which docs/decisions/README.md names one by one."""


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def test_every_page_is_in_the_navigation() -> None:
    navigation = re.findall(r"^ *- ([\w/.-]+\.md)$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE)
    paths = {str(page.relative_to(DOCS if page.is_relative_to(DOCS) else ROOT)) for page in pages()}
    lost = {path for path in paths if not path.startswith(FOUND_BY_A_LIST)} - set(navigation)
    assert not lost, f"{sorted(lost)}: in no navigation. Name each under `nav:` in mkdocs.yml."


@pytest.mark.parametrize("page", pages(), ids=named)
def test_every_block_of_code_is_run_or_says_why_not(page: Path) -> None:
    for block in blocks(page):
        checked_by = re.fullmatch(r"checked by (tests/\S+\.py)", block.mark)
        if checked_by:
            assert page.name in (ROOT / checked_by[1]).read_text(encoding="utf-8")
        elif block.mark:
            assert re.fullmatch(r"not run: \S.{10,}", block.mark), block.mark
        else:
            assert block.language in {"python", "text"}, f"say above it why it is not run: {block.code}"


@pytest.mark.parametrize("page", pages(), ids=named)
def test_no_block_of_code_is_without_a_fence(page: Path) -> None:
    assert list(indented_code(page)) == []


@pytest.mark.parametrize("page", WITH_CODE, ids=named)
def test_what_a_page_shows_runs_and_prints_what_it_says(page: Path, tmp_path: Path) -> None:
    done = run(script(page), tmp_path)
    assert done.returncode == 0, done.stderr
    if page != README:
        assert done.stdout == printed(page)


def test_the_adapter_that_is_shown_passes_its_contract(tmp_path: Path) -> None:
    page = DOCS / "adapters.md"
    (tmp_path / "test_mailer.py").write_text(script(page), encoding="utf-8")
    (command,) = (block.code.split() for block in blocks(page) if block.language == "sh")
    done = subprocess.run(  # noqa: S603
        [sys.executable, *command[1:], "-p", "no:cacheprovider"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "script.py").write_text(code, encoding="utf-8")
    command = [sys.executable, "-W", "error", "script.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603


@pytest.mark.parametrize("page", WITH_CODE, ids=named)
def test_what_a_page_shows_uses_public_names_only(page: Path) -> None:
    assert public_only(script(page)) == []


def test_what_the_pages_show_is_typed(tmp_path: Path) -> None:
    for number, page in enumerate(WITH_CODE):
        stem = page.stem.replace("-", "_")
        (tmp_path / f"page_{number}_{stem}.py").write_text(script(page), encoding="utf-8")
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "mypy", "--strict", "--config-file", "", "--cache-dir", tmp_path / "cache", tmp_path],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout


def test_the_reference_has_every_public_module() -> None:
    assert re.findall(r"^::: (\S+)$", (DOCS / "reference.md").read_text(encoding="utf-8"), re.MULTILINE) == list(NAMES)
