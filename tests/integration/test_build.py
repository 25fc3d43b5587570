import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Final

import pytest
from packaging.requirements import Requirement

ROOT: Final = Path(__file__).parents[2]
GOVUK: Final = "checkdata/entrypoints/web/static/govuk/"


def locked(name: str) -> dict[str, str]:
    text = (ROOT / f"requirements/{name}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", text, flags=re.MULTILINE))


def asked(*groups: str) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    parts = {**project["dependency-groups"], **project["project"]["optional-dependencies"]}
    texts = [*project["project"]["dependencies"], *(text for group in groups for text in parts[group])]
    return [requirement for requirement in map(Requirement, texts) if requirement.name != "checkdata"]


@pytest.mark.parametrize(
    ("name", "groups"),
    [("run", ["sql", "web", "cli", "build"]), ("test", ["sql", "web", "cli", "build", "dev"])],
)
def test_what_pyproject_asks_for_is_locked_at_a_version_that_it_allows(name: str, groups: list[str]) -> None:
    versions = locked(name)
    wrong = [ask for ask in asked(*groups) if not ask.specifier.contains(versions.get(ask.name.lower(), "0"))]
    assert wrong == []


def test_the_tests_run_on_the_versions_that_are_served() -> None:
    assert locked("run").items() <= locked("test").items()


@pytest.mark.parametrize("name", ["run", "test", "node"])
def test_a_lock_pins_every_package_by_hash_and_names_no_host(name: str) -> None:
    text = (ROOT / f"requirements/{name}.txt").read_text(encoding="utf-8").replace("\\\n", "")
    assert "//" not in text
    assert [line for line in text.splitlines() if not re.search(r"== ?\S+ .*--hash=sha256:", line)] == []


def test_a_wheel_carries_the_stylesheet_script_fonts_and_images(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", str(ROOT)]
    subprocess.run(build, check=True, cwd=tmp_path)  # noqa: S603
    (wheel,) = tmp_path.glob("*.whl")
    names = {name.removeprefix(GOVUK) for name in zipfile.ZipFile(wheel).namelist() if name.startswith(GOVUK)}
    assert {"govuk-frontend.min.css", "govuk-frontend.min.js", "assets/images/favicon.svg"} <= names
    stylesheet = (ROOT / "src" / GOVUK / "govuk-frontend.min.css").read_text(encoding="utf-8")
    assert set(re.findall(r"url\(/(assets/[^)]+)\)", stylesheet)) <= names
