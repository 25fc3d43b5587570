"""A service as operators run it: real `serve` processes on a database, people in it, and how to sign them in."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Final

import httpx2
from attrs import define, field, frozen

from checkdata.domain.people.organisations import Role
from checkdata.domain.services.access.manage_access import NewAccess
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.composition.service import Composition
from checkdata.entrypoints.settings.environment import read_settings
from tests.integration.cli.command import KEY, PROGRAM
from tests.integration.cli.web_client import LINK, PATIENCE_SECONDS, ask_for_link, follow_link, wait_until_served
from tests.integration.email.smtp_server import free_port
from tests.integration.faults.large_feed import LARGE, LEAD_PROVIDERS, SMALL

ANN: Final = "ann@large.example"
"""A user of only the large partner."""

BEN: Final = "ben@large.example"
"""Another one."""

CAT: Final = "cat@both.example"
"""A user of both partners, who chooses."""

SUE: Final = "sue@dfe.example"
"""A support user, as `SAM` is."""

SAM: Final = "sam@dfe.example"
PAM: Final = "pam@dfe.example"
"""A policy user, as `PIP` is."""

PIP: Final = "pip@dfe.example"

PEOPLE: Final = (
    (ANN, Role.DELIVERY_PARTNER, LARGE),
    (BEN, Role.DELIVERY_PARTNER, LARGE),
    (CAT, Role.DELIVERY_PARTNER, LARGE),
    (CAT, Role.DELIVERY_PARTNER, SMALL),
    (SUE, Role.SUPPORT, ""),
    (SAM, Role.SUPPORT, ""),
    (PAM, Role.POLICY, ""),
    (PIP, Role.POLICY, ""),
)


@frozen
class Served:
    """A running service: its process, which leads a group of its own, where it is, and what it wrote."""

    process: subprocess.Popen[str]
    address: str
    port: int
    folder: Path

    @property
    def log(self) -> str:
        """What it logged until now, a line of JSON for each event."""
        return (self.folder / "serve.err").read_text()

    @property
    def mailbox(self) -> Path:
        """The folder that its mail goes to, unless its variables say otherwise."""
        return self.folder / "mailbox"

    def client(self, patience: float = PATIENCE_SECONDS) -> httpx2.Client:
        """A client in which no user is signed in; it waits so many seconds for an answer."""
        return httpx2.Client(base_url=self.address, timeout=patience)

    @contextmanager
    def signed_in(self, email: str) -> Iterator[httpx2.Client]:
        """A browser of a user who has asked for a link, waited for the mail, and followed it."""
        before = set(self._mails())
        with self.client() as client:
            ask_for_link(client, email)
            follow_link(client, self.link_to(email, before))
            yield client

    def link_to(self, email: str, before: set[Path]) -> str:
        """The sign-in link in a mail to this address that was not there *before*, once it is there."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            for path in sorted(set(self._mails()) - before):
                mail = message_from_bytes(path.read_bytes(), policy=default)
                if mail["To"] == email and (found := LINK.search(str(mail.get_content()))):
                    return found[0]
            time.sleep(0.05)
        raise AssertionError(f"no link came to {email}")

    def cookies(self, client: httpx2.Client) -> str:
        """The Cookie header of a browser, for requests that are written by hand."""
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in client.cookies.jar)

    def _mails(self) -> Iterator[Path]:
        return self.mailbox.glob("*.eml")


@define
class Service:
    """What `serve` and the other commands are started with; on PostgreSQL the role that serves is not the owner."""

    folder: Path
    database_url: str
    owner_database_url: str | None = None
    more: dict[str, str] = field(factory=dict)
    """Variables of one test."""

    @property
    def variables(self) -> dict[str, str]:
        """The variables of checkdata that its processes get, and no others."""
        owner = {} if self.owner_database_url is None else {"CHECKDATA_OWNER_DATABASE_URL": self.owner_database_url}
        return {
            "XDG_DATA_HOME": str(self.folder / "data"),
            "CHECKDATA_DATABASE_URL": self.database_url,
            "CHECKDATA_SECRET_KEY": KEY,
            "CHECKDATA_EMAIL": f"mailbox:{self.folder / 'mailbox'}",
            # One machine and few people ask more often than many do.
            "CHECKDATA_LINKS_PER_ADDRESS": "9999",
            "CHECKDATA_LINKS_PER_CLIENT": "9999",
            **owner,
            **self.more,
        }

    @contextmanager
    def served(self, *arguments: str, port: int = 0) -> Iterator[Served]:
        """Serve with these arguments until the block ends, and check that no process of it is left."""
        port = port or free_port()
        address = self.variables.get("CHECKDATA_BASE_URL", f"http://127.0.0.1:{port}")
        with self._started("serve", "--port", str(port), *arguments) as process:
            wait_until_served(process, f"http://127.0.0.1:{port}")
            yield Served(process, address, port, self.folder)

    def run(self, *arguments: str | Path, code: int | None = 0) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, and check its exit code, if one is expected."""
        command = [*PROGRAM, *map(str, arguments)]
        ended = subprocess.run(command, env=self._environment, capture_output=True, text=True, check=False)  # noqa: S603
        assert code is None or ended.returncode == code, ended.stderr
        return ended

    @contextmanager
    def _started(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        out, err = self.folder / "serve.out", self.folder / "serve.err"
        with out.open("w") as told, err.open("w") as logged:
            process = subprocess.Popen(  # noqa: S603
                [*PROGRAM, *arguments], env=self._environment, stdout=told, stderr=logged, text=True,
                start_new_session=True,
            )  # fmt: skip
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):  # its workers are of its group, also where it is gone itself
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    @property
    def _environment(self) -> Mapping[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("CHECKDATA_")}
        return {**inherited, **self.variables}


def add_people(service: Service) -> None:
    """Give all of `PEOPLE` their access, as an operator does; they are named after their address."""
    with closing(Composition(read_settings(service.variables))) as composed:
        for email, role, organisation_id in PEOPLE:
            access = NewAccess(
                email=EmailAddress.of(email),
                name=email.partition("@")[0].title(),
                role=role,
                organisation_id=organisation_id,
                confirmed_by=LEAD_PROVIDERS[0] if organisation_id else "",
                reason="Ticket 12",
            )
            composed.manage_access.add(access)
