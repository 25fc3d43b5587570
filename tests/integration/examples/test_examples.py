"""Each example runs as it stands, and every framework shows a user what the rules say."""

import ast
import csv
import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import httpx2
import pytest

from checkdata import london_today
from checkdata.entrypoints.demo import write_demo_feed
from checkdata.entrypoints.demo.organisations import NORTH_HUB
from tests.integration.cli.command import PROGRAM
from tests.integration.cli.conftest import load
from tests.integration.email.smtp_server import free_port
from tests.unit.test_public_face import public_only

EXAMPLES: Final = Path(__file__).parents[3] / "examples"
PATIENCE_SECONDS: Final = 60

NORTHS: Final = [{"trn": "0012345", "name": "Ada Bold"}, {"trn": "0023456", "name": "Zoë Ünal"}]
"""Whom North's agreement covers: its lead provider's, and those without one, from 2023."""

SERVERS: Final[Mapping[str, Callable[[Path, int], Sequence[str]]]] = {
    "in_fastapi.py": lambda _, port: [
        "-m",
        "uvicorn",
        "--app-dir",
        str(EXAMPLES),
        "in_fastapi:app",
        "--port",
        str(port),
    ],
    "in_flask.py": lambda path, port: ["-m", "flask", "--app", str(path), "run", "--port", str(port)],
    "in_django.py": lambda path, port: [str(path), "runserver", f"127.0.0.1:{port}", "--noreload"],
}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A service's own tables, with made-up people in them."""
    path = tmp_path_factory.mktemp("service") / "service.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((EXAMPLES / "tables.sql").read_text(encoding="utf-8"))
    return path


@contextmanager
def served(name: str, database: Path) -> Iterator[str]:
    """The address at which an example answers, in a process of its own."""
    port, named = free_port(), f"sqlite:///{database}" if name == "in_fastapi.py" else str(database)
    command = [sys.executable, *SERVERS[name](EXAMPLES / name, port)]
    variables = {**os.environ, "SERVICE_DATABASE": named}
    with subprocess.Popen(command, env=variables, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:  # noqa: S603
        try:
            address, deadline = f"http://127.0.0.1:{port}", time.monotonic() + PATIENCE_SECONDS
            while not answers(address):
                assert process.poll() is None, process.communicate()
                assert time.monotonic() < deadline
                time.sleep(0.05)
            yield address
        finally:
            process.kill()
            process.communicate()


def answers(address: str) -> bool:
    try:
        httpx2.get(address)
    except httpx2.TransportError:
        return False
    return True


@pytest.fixture(scope="module", params=SERVERS)
def service(request: pytest.FixtureRequest, database: Path) -> Iterator[str]:
    """Each of the servers."""
    with served(request.param, database) as address:
        yield address


def asked(service: str, user: str, partner: str) -> httpx2.Response:
    return httpx2.get(f"{service}/partners/{partner}/trainees", headers={"X-User": user})


def test_a_server_shows_whom_the_agreements_cover_and_no_one_else(service: str) -> None:
    for _ in range(2):  # the second time from a decision that was kept
        answer = asked(service, "u1", "dp-north")
        assert (answer.status_code, answer.json()) == (200, NORTHS)


def test_a_server_refuses_with_the_reason_and_its_message(service: str) -> None:
    answer = asked(service, "u2", "dp-south")
    assert answer.status_code == 403
    told = answer.json()
    told = told.get("detail", told)
    assert told["reason"] == "no_agreement"
    assert "agreement" in told["message"]


@pytest.mark.parametrize(
    ("user", "partner"), [("u1", "dp-south"), ("u1", "no-such"), ("u3", "dp-north"), ("u9", "dp-north")]
)
def test_a_server_does_not_tell_those_without_access_that_a_partner_is_there(
    service: str, user: str, partner: str
) -> None:
    assert asked(service, user, partner).status_code == 404


@pytest.mark.parametrize("partner", ["%20", "dp-north%20", "%7F"])
def test_a_server_answers_an_id_that_none_can_be_like_one_that_is_not_there(service: str, partner: str) -> None:
    assert asked(service, "u1", partner).status_code == 404


def test_a_server_shows_nothing_to_a_request_without_a_user(service: str) -> None:
    assert httpx2.get(f"{service}/partners/dp-north/trainees").status_code in {404, 422}


def test_a_server_takes_a_stored_address_that_can_not_be_mailed(service: str, database: Path) -> None:
    with changed(database, "UPDATE users SET email = 'ann at north' WHERE id = 'u1'"):
        assert asked(service, "u1", "dp-north").json() == NORTHS


def test_a_server_asks_again_when_a_fact_changes(service: str, database: Path) -> None:
    assert asked(service, "u1", "dp-north").status_code == 200
    with changed(database, "UPDATE data_sharing_agreements SET ends_on = '2024-08-31' WHERE id = 'a1'"):
        assert asked(service, "u1", "dp-north").status_code == 403
    assert asked(service, "u1", "dp-north").json() == NORTHS


@contextmanager
def changed(database: Path, statement: str) -> Iterator[None]:
    """The tables after a statement, and afterwards as they were."""
    before = database.read_bytes()
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute(statement)
    yield
    database.write_bytes(before)


def run(name: str, *arguments: str | Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(EXAMPLES / name), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == code, done.stderr
    return done


def test_the_script_prints_whom_a_user_sees_and_until_when(database: Path) -> None:
    done = run("script.py", database, "u1", "dp-north")
    assert done.stdout.splitlines() == [f"{each['trn']} {each['name']}" for each in NORTHS]
    assert done.stderr == "This holds until a table changes.\n"


def test_the_script_ends_with_the_refusals_own_words(database: Path) -> None:
    assert "agreement" in run("script.py", database, "u2", "dp-south", code=1).stderr


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """The largest file of an export of made-up people."""
    write_demo_feed(tmp_path / "feed", participants=200, today=london_today())
    url = f"sqlite:///{tmp_path / 'checkdata.sqlite'}"
    load(url, tmp_path / "feed")
    command = [*PROGRAM, "export", "--out", str(tmp_path / "exports"), "--organisation", NORTH_HUB]
    subprocess.run(command, check=True, env={"CHECKDATA_DATABASE_URL": url}, stdout=subprocess.DEVNULL)  # noqa: S603
    (path,) = (tmp_path / "exports").glob("*.csv")
    return path


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_pandas_counts_an_export_in_which_a_trn_keeps_its_zeros(exported: Path, tmp_path: Path) -> None:
    counted = run("in_pandas.py", exported, tmp_path / "newest.csv").stdout
    rows, newest = rows_of(exported), rows_of(tmp_path / "newest.csv")
    assert any(row["trn"].startswith("0") for row in newest)
    assert newest == [row for row in rows if row["academic_year"] == max(row["academic_year"] for row in rows)]
    numbers = [int(word) for line in counted.splitlines()[2:] for word in re.findall(r" (\d+)(?= |$)", line)]
    assert sum(numbers) == len(rows)


def test_pandas_refuses_a_file_in_which_a_trn_is_something_else(tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("trn,status,academic_year\n12345,training,2024\n", encoding="utf-8")
    assert "a TRN is not seven digits" in run("in_pandas.py", other, tmp_path / "out.csv", code=1).stderr
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("name", ["own_mailer.py", "own_storage.py"])
def test_an_adapter_of_another_team_is_held_to_the_contract(name: str) -> None:
    done = run_tests(EXAMPLES / name)
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("urlopen(request, timeout=30).close()", "pass"),
        ('"email_address": str(to)', '"email_address": "ada@north.example"'),
        ("{error.code}.", "{error.code} for {to}."),
        ("== _REFUSED", "== 500"),
    ],
    ids=["sends nothing", "sends to another", "names in errors", "gives up"],
)
def test_a_mailer_that_breaks_the_contract_fails(tmp_path: Path, good: str, bad: str) -> None:
    text = (EXAMPLES / "own_mailer.py").read_text(encoding="utf-8")
    assert good in text
    broken = tmp_path / "own_mailer.py"
    broken.write_text(text.replace(good, bad), encoding="utf-8")
    assert run_tests(broken).returncode == 1


def run_tests(adapter: Path) -> subprocess.CompletedProcess[str]:
    """Run the example's tests over this adapter, in a folder of their own."""
    folder = adapter.parent
    tests = folder / f"test_{adapter.name}"
    if folder != EXAMPLES:
        tests.write_text((EXAMPLES / tests.name).read_text(encoding="utf-8"), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-c",
        os.devnull,
        "--rootdir",
        str(folder),
    ]
    return subprocess.run([*command, str(tests)], capture_output=True, text=True, check=False, cwd=folder)  # noqa: S603


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.name)
def test_an_example_is_short_and_imports_public_names_only(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 80
    assert public_only(text) == []
    assert ast.get_docstring(ast.parse(text))
