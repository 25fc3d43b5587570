"""The image of the Dockerfile does what docs/containers.md says; run by `make test-container`."""

import json
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Final

import httpx2
import pytest
from psycopg.sql import SQL, Identifier

from tests.integration.cli.web_client import LINK, ask_for_link, follow_link
from tests.integration.container.image import CLOSED, IMAGE, Container, podman, run, served
from tests.integration.faults.processes import wait_until
from tests.integration.postgresql import Server, running_server
from tests.storages import SERVICE

NAME: Final = "checkdata-of-a-test"
HOST: Final = "127.0.0.1:8080"
KEY: Final = "Zk3-vRw8.Qt5nLs2_Yb7cHx4jGf9dMp1u"
USER: Final = "sue@dfe.example"
BUILD_TOOLS: Final = ("gcc", "cc", "make", "pip", "pip3", "npm", "node", "hatchling", "curl", "wget")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A PostgreSQL whose socket every user of this machine may use, with the service's role."""
    with running_server() as server:
        server.folder.chmod(0o755)
        with server.connection() as connection:
            connection.execute(SQL("CREATE ROLE {} LOGIN").format(Identifier(SERVICE)))
            connection.execute("CREATE DATABASE checkdata")
        yield server


@pytest.fixture(scope="module")
def mounted(server: Server, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """The secrets as files, a mailbox, and the socket of the database."""
    folder = tmp_path_factory.mktemp("container")
    secrets, mailbox = folder / "secrets", folder / "mailbox"
    secrets.mkdir()
    mailbox.mkdir()
    mailbox.chmod(0o777)
    for name, text in {
        "database_url": f"postgresql://{SERVICE}@/checkdata?host={server.folder}",
        "owner_database_url": f"postgresql://postgres@/checkdata?host={server.folder}",
        "secret_key": KEY,
    }.items():
        (secrets / name).write_text(f"{text}\n", "utf-8")
    return (
        f"--volume={secrets}:/run/secrets:ro",
        f"--volume={mailbox}:/mailbox",
        f"--volume={server.folder}:{server.folder}",
        "--env=CHECKDATA_DATABASE_URL_FILE=/run/secrets/database_url",
    )


@pytest.fixture(scope="module")
def container(mounted: tuple[str, ...]) -> Iterator[Container]:
    """A service of two workers, as the service's role, on a database that the owner migrated."""
    owners = (*mounted, "--env=CHECKDATA_OWNER_DATABASE_URL_FILE=/run/secrets/owner_database_url")
    run("migrate", how=(*CLOSED, *owners))
    user = ("--email", USER, "--name", "Sue Fox", "--role", "support", "--reason", "Ticket 1")
    run("users", "add", *user, how=(*CLOSED, *owners))
    settings = {"SECRET_KEY_FILE": "/run/secrets/secret_key", "EMAIL": "mailbox:/mailbox", "BASE_URL": f"http://{HOST}"}
    variables = [f"--env=CHECKDATA_{name}={value}" for name, value in settings.items()]
    with served(NAME, *mounted, *variables) as container:
        yield container


def test_the_image_runs_as_a_user_without_rights_in_london() -> None:
    asked = "import os, time; print(os.getuid(), os.getgid(), *time.tzname)"
    ended = run("-c", asked, how=(*CLOSED, "--entrypoint=python3"))
    assert ended.stdout.split() == ["10001", "10001", "GMT", "BST"]


@pytest.mark.parametrize("path", ["/opt/checkdata/x", "/etc/x", "/x"])
def test_nothing_in_it_can_be_changed(path: str) -> None:
    assert "Permission denied" in run(path, how=("--entrypoint=touch",), check=False).stderr
    assert "Read-only" in run(path, how=(*CLOSED, "--entrypoint=touch"), check=False).stderr


def test_it_has_nothing_that_builds_or_fetches() -> None:
    look = "; ".join(f"command -v {tool}" for tool in BUILD_TOOLS)
    assert run("-c", f"{look}; true", how=(*CLOSED, "--entrypoint=sh")).stdout == ""
    for module in ("pip", "ensurepip", "hatchling", "setuptools"):
        ended = run("-c", f"import {module}", how=(*CLOSED, "--entrypoint=python3"), check=False)
        assert "ModuleNotFoundError" in ended.stderr, module


def test_a_command_without_its_settings_says_what_is_missing() -> None:
    ended = run("serve", "--host", "0.0.0.0", check=False)  # noqa: S104
    assert ended.returncode == 2
    assert "Error: CHECKDATA_SECRET_KEY is not set." in ended.stderr


def test_a_user_signs_in_to_it(container: Container, mounted: tuple[str, ...]) -> None:
    mailbox = Path(mounted[1].removeprefix("--volume=").partition(":")[0])
    with httpx2.Client(base_url=container.address, headers={"Host": HOST, "Origin": f"http://{HOST}"}) as client:
        ask_for_link(client, USER)
        wait_until(lambda: links_in(mailbox))
        assert follow_link(client, *links_in(mailbox)).url.path == "/support"


def test_it_says_which_commit_it_is(container: Container) -> None:
    (image,) = json.loads(podman("image", "inspect", IMAGE).stdout)
    (commit,) = [each.partition("=")[2] for each in image["Config"]["Env"] if each.startswith("COMMIT_SHA=")]
    assert httpx2.get(f"{container.address}/healthcheck").json()["commit"] == commit
    assert commit


def test_no_secret_is_in_what_podman_shows_or_in_the_log(container: Container) -> None:
    assert KEY not in podman("inspect", NAME).stdout
    assert KEY not in container.log


def test_it_stops_in_order_when_it_is_told_to(mounted: tuple[str, ...]) -> None:
    variables = ("--env=CHECKDATA_SECRET_KEY_FILE=/run/secrets/secret_key", "--env=CHECKDATA_EMAIL=mailbox:/mailbox")
    with served(f"{NAME}-to-end", *mounted, *variables) as container:
        podman("stop", "--time=20", container.name)
        (found,) = json.loads(podman("inspect", container.name).stdout)
        assert found["State"]["ExitCode"] == 0
        assert not found["State"]["OOMKilled"]


def links_in(mailbox: Path) -> list[str]:
    mails = (message_from_bytes(path.read_bytes(), policy=default) for path in mailbox.glob("*.eml"))
    return [found[0] for mail in mails if (found := LINK.search(str(mail.get_content())))]
