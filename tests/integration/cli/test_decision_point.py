"""``checkdata decision-point serve``: other services ask a process what users may see, by keys of operators."""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from typing import Any, Final

import httpx2
import pytest
from attrs import frozen

from checkdata.domain.access.decision import Acting, require, scope_of
from checkdata.domain.access.scope import Scope
from checkdata.domain.audit.events import AuditKind
from checkdata.domain.people.organisations import Role
from checkdata.domain.values import london_date
from checkdata.entrypoints.composition.service import Composition
from checkdata.entrypoints.settings.environment import read_settings
from tests.integration.cli.command import Command
from tests.integration.cli.web_client import PATIENCE_SECONDS, wait_until_served
from tests.integration.email.smtp_server import free_port
from tests.integration.faults.raw_client import connected, read
from tests.recent_events import recent

ANN: Final = "ann@hub.example"
CAN_SEE: Final = {"subject": {"type": "user", "id": ANN}, "action": {"name": "can_see"}}
NOBODY: Final = {**CAN_SEE, "resource": {"type": "participant", "id": "nobody"}}
EVERYONE: Final = {**CAN_SEE, "resource": {"type": "participant"}}
MANY: Final = 12


@frozen
class Point:
    """A served decision point, and a key for it."""

    command: Command
    port: int
    secret: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}", "X-Request-ID": "an id; of my own"}

    def ask(self, endpoint: str, body: object, status: int = 200) -> Any:  # noqa: ANN401 - JSON
        with httpx2.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=PATIENCE_SECONDS) as client:
            response = client.post(f"/access/v1/{endpoint}", json=body, headers=self.headers)
        assert (response.status_code, response.headers["x-request-id"]) == (status, "an id; of my own")
        assert response.headers["content-type"] == "application/json"
        return response.json()

    def everyone(self) -> list[str]:
        """Whom Ann may see, page by page."""
        found, page = list[str](), dict[str, object]()
        while True:
            told = self.ask("search/resource", {**EVERYONE, "page": {"limit": 7, **page}})
            found += [each["id"] for each in told["results"]]
            if not told["page"]["next_token"]:
                return found
            page = {"token": told["page"]["next_token"]}

    def begin(self, body: bytes) -> bytes:
        """A request for an evaluation up to the half of its body; the other half is given back."""
        return b"\r\n".join(
            (
                b"POST /access/v1/evaluation HTTP/1.1",
                b"Host: 127.0.0.1:%d" % self.port,
                b"Authorization: Bearer " + self.secret.encode(),
                b"Content-Type: application/json",
                b"Content-Length: %d" % len(body),
                b"",
                body[: len(body) // 2],
            )
        )


def issued(command: Command, *questions: str) -> str:
    """The secret of a new key that may ask these."""
    with opened(command) as composed:
        expires = london_date(composed.clock()) + timedelta(days=30)
    may = [word for question in questions for word in ("--may", question)]
    named = ("--service", "Register trainees", "--name", "Production", "--reason", "Ticket 12")
    return command.done("keys", "issue", *named, *may, "--expires", expires.isoformat()).out.strip()


@contextmanager
def opened(command: Command) -> Iterator[Composition]:
    with closing(Composition(read_settings(dict(command.environment)))) as composed:
        yield composed


def add_ann(command: Command) -> None:
    """Give Ann access for the partner that sees most."""
    with opened(command) as composed, composed.storage.reading() as work:
        today = london_date(composed.clock())
        partners = work.organisations.all(Role.DELIVERY_PARTNER)
        every = [(partner, work.organisations.agreements_of(partner.id)) for partner in partners]
        scopes = [scope for partner, theirs in every if isinstance(scope := scope_of(partner, theirs, on=today), Scope)]
        most = max(scopes, key=lambda scope: len(work.participants.ids_behind(scope, None, 1000)))
        agreement = work.organisations.agreement(most.agreement_ids[0])
        assert agreement is not None
    of_hub = ("--role", "delivery_partner", "--organisation", agreement.delivery_partner_id)
    confirmed = ("--confirmed-by", agreement.lead_provider_id, "--reason", "Ticket 12")
    command.done("users", "add", "--email", ANN, "--name", "Ann Lee", *of_hub, *confirmed)


@contextmanager
def served(command: Command, *arguments: str) -> Iterator[Point]:
    add_ann(command)
    secret, port = issued(command, "evaluation", "search"), free_port()
    command.variables["CHECKDATA_TRUSTED_PROXIES"] = "192.0.2.1"
    with command.started("decision-point", "serve", "--port", str(port), *arguments) as process:
        wait_until_served(process, f"http://127.0.0.1:{port}")
        yield Point(command, port, secret)


def seen_by_ann(command: Command) -> Sequence[str]:
    with opened(command) as composed, composed.storage.reading() as work:
        (found,) = composed.manage_access.search(ANN)
        facts = work.users.facts(found.user.id)
        scope = require(Acting(found.user.id, facts.grants[0].organisation), facts, on=london_date(composed.clock()))
        return list(work.participants.ids_behind(scope, None, 1000))


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_service_asks_until_its_key_is_revoked(loaded: Command, workers: str) -> None:
    with served(loaded, "--workers", workers) as point:
        everyone = point.everyone()
        assert everyone == seen_by_ann(loaded)
        assert everyone
        resources = [{"resource": {"type": "participant", "id": each}} for each in (*everyone[:5], "nobody")]
        told = point.ask("evaluations", {**CAN_SEE, "evaluations": resources})["evaluations"]
        assert [each["decision"] for each in told] == [True] * len(everyone[:5]) + [False]
        assert httpx2.get(f"http://127.0.0.1:{point.port}/.well-known/authzen-configuration").json()[
            "access_evaluation_endpoint"
        ] == (f"http://127.0.0.1:{point.port}/access/v1/evaluation")
        (key_id,) = {line.split("\t")[0] for line in loaded.done("keys", "list").out.splitlines()[1:]}
        loaded.done("keys", "revoke", key_id, "--reason", "Found in a log")
        point.ask("evaluation", NOBODY, 401)
        point.ask("search/resource", EVERYONE, 401)


def test_a_key_that_is_revoked_while_its_request_arrives_gets_no_answer(loaded: Command) -> None:
    body = json.dumps(NOBODY).encode()
    with served(loaded) as point, connected(point.port) as revoked, connected(point.port) as kept:
        other = Point(loaded, point.port, issued(loaded, "evaluation"))
        for connection, asking in ((revoked, point), (kept, other)):
            connection.sendall(asking.begin(body))
        key_ids = [line.split("\t")[0] for line in loaded.done("keys", "list").out.splitlines()[1:]]
        loaded.done("keys", "revoke", key_ids[1], "--reason", "Found in a log")
        for connection in (revoked, kept):
            connection.sendall(body[len(body) // 2 :])
        assert read(revoked, 12) == b"HTTP/1.1 401"
        assert read(kept, 12) == b"HTTP/1.1 200"


def test_callers_that_send_slowly_and_many_at_once_keep_nobody_from_an_answer(loaded: Command) -> None:
    body = json.dumps(NOBODY).encode()
    with served(loaded) as point, ExitStack() as slow:
        for _ in range(4 * MANY):
            slow.enter_context(connected(point.port)).sendall(point.begin(body))
        with ThreadPoolExecutor(MANY) as pool:
            told = list(pool.map(lambda _: point.ask("evaluation", NOBODY)["decision"], range(4 * MANY)))
        assert told == [False] * 4 * MANY
        with opened(loaded) as composed, composed.storage.reading() as work:
            kinds = [event.kind for event in recent(work, 1000)]
        assert kinds.count(AuditKind.DECISIONS_ASKED) == 4 * MANY


def test_a_key_is_for_what_the_operator_said(loaded: Command) -> None:
    with served(loaded) as point:
        searching = Point(loaded, point.port, issued(loaded, "search"))
        assert "not for evaluation" in searching.ask("evaluation", NOBODY, 403)
        searching.ask("search/resource", EVERYONE)
        unknown = Point(loaded, point.port, point.secret[:-1] + ("A" if point.secret[-1] != "A" else "B"))
        unknown.ask("evaluation", NOBODY, 401)


def test_during_maintenance_a_service_is_told_when_to_ask_again(loaded: Command) -> None:
    with opened(loaded) as composed:
        until = (composed.clock() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    loaded.done("notices", "set", "--maintenance", "--text", "Back tomorrow", "--until", until)
    with served(loaded) as point, httpx2.Client(base_url=f"http://127.0.0.1:{point.port}") as client:
        for headers in (point.headers, {"Authorization": "Bearer nothing"}):
            closed = client.post("/access/v1/evaluation", json=NOBODY, headers=headers, timeout=PATIENCE_SECONDS)
            assert (closed.status_code, closed.json()) == (503, "Back tomorrow")
            assert int(closed.headers["retry-after"]) > 3600
        assert client.get("/healthcheck").status_code == 200
