import json
import re
import subprocess
import sys
import tomllib
import zipfile
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from hatch_build import GOVUK_FRONTEND, requirements
from packaging.requirements import Requirement

import checkdata

ROOT: Final = Path(__file__).parents[2]
GOVUK: Final = "checkdata/entrypoints/web/static/govuk/"


def locked(name: str) -> dict[str, str]:
    text = (ROOT / f"requirements/{name}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", text, flags=re.MULTILINE))


def asked(*groups: str) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    own = {"dependencies": project["project"]["dependencies"]}
    parts = {**own, **project["dependency-groups"], **project["project"]["optional-dependencies"]}
    texts = [text for group in groups for text in parts[group]]
    return [requirement for requirement in map(Requirement, texts) if requirement.name != "checkdata"]


@pytest.mark.parametrize(
    ("name", "groups"),
    [
        ("run", ["dependencies", "sql", "server", "web", "cli"]),
        ("build", ["build"]),
        ("test", ["dependencies", "sql", "server", "web", "cli", "build", "dev", "docs"]),
    ],
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


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", str(ROOT)]
    subprocess.run(build, check=True, cwd=folder)  # noqa: S603
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as opened:
        yield opened


@pytest.fixture(scope="module")
def bill(wheel: zipfile.ZipFile) -> str:
    """The bill of materials, where PEP 770 has it."""
    (name,) = [name for name in wheel.namelist() if ".dist-info/sboms/" in name]
    return wheel.read(name).decode()


def assets(wheel: zipfile.ZipFile) -> dict[str, bytes]:
    return {name.removeprefix(GOVUK): wheel.read(name) for name in wheel.namelist() if name.startswith(GOVUK)}


def test_a_wheel_carries_the_stylesheet_script_fonts_and_images(wheel: zipfile.ZipFile) -> None:
    names = set(assets(wheel))
    assert {"govuk-frontend.min.css", "govuk-frontend.min.js", "assets/images/favicon.svg"} <= names
    stylesheet = (ROOT / "src" / GOVUK / "govuk-frontend.min.css").read_text(encoding="utf-8")
    assert set(re.findall(r"url\(/(assets/[^)]+)\)", stylesheet)) <= names


def test_the_bill_of_materials_is_what_its_format_says(bill: str) -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(bill) is None


def test_the_bill_names_every_package_that_is_locked_with_its_version_and_the_hashes_of_its_files(bill: str) -> None:
    text = (ROOT / "requirements/run.txt").read_text(encoding="utf-8")
    hashes = {
        line.partition("==")[0]: set(re.findall(r"sha256:(\w+)", line))
        for line in text.replace("\\\n", "").splitlines()
    }
    packages = [each for each in json.loads(bill)["components"] if each["purl"].startswith("pkg:pypi/")]
    assert {each["name"]: each["version"] for each in packages} == locked("run")
    assert {each["name"]: told(*each["externalReferences"]) for each in packages} == hashes


def told(thing: dict[str, Any]) -> set[str]:
    return {each["content"] for each in thing["hashes"]}


def test_the_bill_names_the_version_that_it_is_of_and_the_phase_in_which_it_was_made(bill: str) -> None:
    metadata = json.loads(bill)["metadata"]
    assert metadata["component"]["purl"] == f"pkg:pypi/checkdata@{checkdata.__version__}"
    assert metadata["lifecycles"] == [{"phase": "build"}]


def test_the_bill_names_what_npm_gave_by_its_hash_and_every_file_of_it_by_its_own(
    bill: str, wheel: zipfile.ZipFile
) -> None:
    (npm,) = [each for each in json.loads(bill)["components"] if each["purl"].startswith("pkg:npm/")]
    assert f"{npm['name']}@{npm['version']}" == GOVUK_FRONTEND.name
    (digest,) = told(npm)
    assert f"sha512-{b64encode(bytes.fromhex(digest)).decode()}" == GOVUK_FRONTEND.integrity
    files = {each["name"]: told(each) for each in npm["components"]}
    assert files == {name: {sha256(content).hexdigest()} for name, content in assets(wheel).items()}


def test_a_line_of_the_lock_that_pins_nothing_ends_the_build() -> None:
    with pytest.raises(SystemExit, match="pins no package by hash: attrs"):
        list(requirements("attrs>=25.1\n"))
