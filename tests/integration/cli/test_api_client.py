"""The example client, as a partner would run it, against a served service."""

import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from runpy import run_path
from threading import Thread
from typing import ClassVar, Final

import httpx2
import pytest

from checkdata.domain.access.decision import Acting
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.people.organisations import DeliveryPartner, Role
from checkdata.domain.services.access.issue_keys import NewKey
from checkdata.domain.values import EmailAddress, london_date
from checkdata.entrypoints.composition.service import Composition
from checkdata.entrypoints.settings.environment import read_settings
from tests.integration.cli.command import Command
from tests.integration.cli.web_client import PATIENCE_SECONDS, wait_until_served
from tests.integration.email.smtp_server import free_port

EXAMPLE: Final = Path(__file__).parents[3] / "examples" / "api_client.py"
LONGEST: Final = 80
JO: Final = EmailAddress("jo@support.example")
ANN: Final = EmailAddress("ann@hub.example")


def key_for_ann(command: Command) -> tuple[str, str, int]:
    """The secret and the id of a key under Ann's access, and how many participants she sees."""
    with closing(Composition(read_settings(dict(command.environment)))) as composed:
        with composed.storage.reading() as work:
            agreements = [
                agreement
                for partner in work.organisations.all(Role.DELIVERY_PARTNER)
                for agreement in work.organisations.agreements_of(partner.id)
                if agreement.in_force(london_date(composed.clock()))
            ]
        partner, lead = agreements[0].delivery_partner_id, agreements[0].lead_provider_id
        command.done("users", "add", "--email", str(JO), "--name", "Jo Lee", "--role", "support", "--reason", "Staff")
        of_hub = ("--role", "delivery_partner", "--organisation", partner, "--confirmed-by", lead)
        command.done("users", "add", "--email", str(ANN), "--name", "Ann Lee", *of_hub, "--reason", "Ticket 12")
        [ann], [jo] = (composed.manage_access.search(str(email)) for email in (ANN, JO))
        acting = Acting(ann.user.id, DeliveryPartner(partner))
        new = NewKey(name="Nightly", expires_on=london_date(composed.clock()) + timedelta(days=9), reason="Ticket 12")
        key = composed.issue_keys.issue(ann.user.id, acting.organisation, new, by=jo.user.id)
        got = composed.issue_keys.collect(key.id, by=acting)
        visit = composed.use_keys.visit(got.secret)
        assert visit is not None
        assert visit.decision
        with composed.storage.reading() as work:
            number = work.participants.count(ParticipantQuery(scope=visit.decision.scope))
    return got.secret, got.key.id, number


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def run(address: str, file: Path, secret: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", str(EXAMPLE), address, str(file)]
    environment = {**os.environ, "CHECKDATA_API_KEY": secret}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603


def test_the_example_copies_all_participants_and_goes_on_where_it_stopped_and_no_log_has_its_key(
    loaded: Command, tmp_path: Path
) -> None:
    secret, key_id, number = key_for_ann(loaded)
    port, file = free_port(), tmp_path / "participants.json"
    address = f"http://127.0.0.1:{port}"
    with loaded.started("serve", "--port", str(port)) as process:
        wait_until_served(process, address)
        done = run(address, file, secret)
        assert (done.returncode, done.stdout) == (0, f"{number} participants\n"), done.stderr
        kept = json.loads(file.read_text("utf-8"))
        assert len(kept["participants"]) == number
        again = run(address, file, secret)
        assert (again.returncode, again.stdout) == (0, f"{number} participants\n"), again.stderr
        assert json.loads(file.read_text("utf-8"))["participants"] == kept["participants"]
        half = {**kept, "participants": {}, "read": {}, "next": "/api/v1/participants?per_page=20", "marker": None}
        file.write_text(json.dumps(half), "utf-8")
        assert run(address, file, secret).stdout == f"{number} participants\n"
        file.write_text(json.dumps({**kept, "next": "/api/v1/participants?cursor=of.another"}), "utf-8")
        assert run(address, file, secret).stdout == f"{number} participants\n"
        for headers in ({}, bearer(secret)):
            in_address = httpx2.get(f"{address}/api/v1/participants?key={secret}", headers=headers)
            assert in_address.status_code == 400
            assert "Have this key revoked" in in_address.text
            assert secret not in in_address.text
        assert httpx2.get(f"{address}/api/v1/participants", headers=bearer(secret * 400)).status_code == 431
        assert httpx2.head(f"{address}/api/v1/participants", headers=bearer(secret)).content == b""
        loaded.done("keys", "revoke", key_id, "--reason", "Lost")
        refused = run(address, file, secret)
        assert refused.returncode == 1
        assert "401: This API key does not work" in refused.stderr
        process.send_signal(signal.SIGTERM)
        _, log = process.communicate(timeout=PATIENCE_SECONDS)
    assert secret not in log
    assert secret.rpartition("-")[2] not in log


def test_what_the_example_keeps_is_its_users_only_from_the_first_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, before = tmp_path / "participants.json", os.umask(0)
    try:
        file.with_suffix(".part").touch(0o666)
        monkeypatch.delattr(Path, "chmod")
        run_path(str(EXAMPLE))["keep"](file, {"participants": {}})
    finally:
        os.umask(before)
    assert file.stat().st_mode & 0o777 == 0o600
    assert json.loads(file.read_text("utf-8")) == {"participants": {}}


@pytest.mark.parametrize("address", ["http://check.example.org", "http://localhost.example.org", "check.example.org"])
def test_the_example_sends_its_key_only_where_nobody_reads_it_on_the_way(address: str, tmp_path: Path) -> None:
    refused = run(address, tmp_path / "participants.json", "secret")
    assert (refused.returncode, refused.stderr.startswith("Give an address that begins with https://")) == (1, True)


class Elsewhere(BaseHTTPRequestHandler):
    """Sends a request on to another name of this machine, and notes which keys come there."""

    keys: ClassVar[list[str | None]] = []

    def do_GET(self) -> None:
        self.send_response(302 if self.path.startswith("/api") else 401)
        if self.path.startswith("/api"):
            self.send_header("Location", f"http://localhost:{self.server.server_port}/elsewhere")  # type: ignore[attr-defined]
        else:
            self.keys.append(self.headers["Authorization"])
        self.end_headers()
        self.wfile.write(b'{"detail": "No key."}')


def test_the_example_sends_its_key_nowhere_else_by_a_redirect(tmp_path: Path) -> None:
    with HTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        done = run(f"http://127.0.0.1:{server.server_port}", tmp_path / "participants.json", "secret")
        server.shutdown()
    assert (done.returncode, done.stderr) == (1, "401: No key.\n")
    assert Elsewhere.keys == [None]


def test_the_example_is_short_and_needs_nothing_but_python() -> None:
    text = EXAMPLE.read_text("utf-8")
    assert len(text.splitlines()) < LONGEST
    imported = {
        line.split()[1].partition(".")[0] for line in text.splitlines() if line.startswith(("import ", "from "))
    }
    assert imported <= sys.stdlib_module_names
