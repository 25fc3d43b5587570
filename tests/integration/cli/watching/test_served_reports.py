"""A served service of two workers sends traces, events and errors from each of its processes, as its settings say."""

import json
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import httpx2
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.integration.cli.command import Command
from tests.integration.cli.web_client import wait_until_served
from tests.integration.email.smtp_server import free_port
from tests.integration.web.http_listener import Listener, listening
from tests.storages import copy_of

REQUESTS: Final = 20
KEY: Final = "x8Kq-2vTz.Rb5wNm7_Yc4hLf9sJd1gQp3"


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening(b"") as listener:
        yield listener


def test_each_worker_sends_what_it_is_told_to(
    command: Command, migrated_sqlite: Path, tmp_path: Path, listener: Listener
) -> None:
    database, events = copy_of(migrated_sqlite, tmp_path / "checkdata.sqlite"), tmp_path / "events.jsonl"
    address = f"http://127.0.0.1:{free_port()}"
    command.variables |= {
        "CHECKDATA_DATABASE_URL": f"sqlite:///{database}",
        "CHECKDATA_OTLP_URL": listener.address,
        "CHECKDATA_SENTRY_DSN": f"{listener.address.replace('http://', 'http://key@')}/42",
        "CHECKDATA_ANALYTICS": f"file:{events}",
        "CHECKDATA_ANALYTICS_KEY": KEY,
        "CHECKDATA_COMMIT": "3f2a9c1",
        "CHECKDATA_ENVIRONMENT": "staging",
    }
    port = address.rpartition(":")[2]
    with command.started("serve", "--port", port, "--workers", "2") as process:
        wait_until_served(process, address)
        for _ in range(REQUESTS):
            assert httpx2.get(f"{address}/sign-in").status_code == 200
        with closing(sqlite3.connect(database)) as connection:
            connection.execute("DROP TABLE sign_in_links")
        assert httpx2.get(f"{address}/sign-in/no-such-link").status_code >= 500
        process.send_signal(signal.SIGTERM)
        process.communicate()
    sent = listener.all()
    told = [json.loads(line) for line in events.read_text("utf-8").splitlines()]
    assert len([event for event in told if event["request_path"] == "/sign-in"]) == REQUESTS
    assert {event["environment"] for event in told} == {"staging"}
    traces = [ExportTraceServiceRequest.FromString(each.body) for each in sent if each.path == "/v1/traces"]
    groups = [group for trace in traces for resource in trace.resource_spans for group in resource.scope_spans]
    names = [span.name for group in groups for span in group.spans]
    assert names.count("GET /sign-in") == REQUESTS
    errors = [each.lines[-1] for each in sent if each.path == "/api/42/envelope/"]
    assert [(error["release"], error["tags"]["route"]) for error in errors] == [("3f2a9c1", "/sign-in/{token}")]


def test_a_command_tells_analysts_what_it_put_on_record_before_it_ends(
    command: Command, migrated_sqlite: Path, tmp_path: Path
) -> None:
    database, events = copy_of(migrated_sqlite, tmp_path / "checkdata.sqlite"), tmp_path / "events.jsonl"
    command.variables |= {
        "CHECKDATA_DATABASE_URL": f"sqlite:///{database}",
        "CHECKDATA_ANALYTICS": f"file:{events}",
        "CHECKDATA_ANALYTICS_KEY": KEY,
    }
    sue = ("--email", "sue@dfe.example", "--name", "Sue", "--role", "support", "--reason", "Ticket 1")
    with command.started("users", "add", *sue) as process:
        said = process.communicate()
    assert process.returncode == 0, said
    told = [json.loads(line) for line in events.read_text("utf-8").splitlines()]
    with closing(sqlite3.connect(database)) as connection:
        recorded = [kind for (kind,) in connection.execute("SELECT kind FROM audit_events ORDER BY id")]
    kinds = [dict(each.values() for each in event["data"])["kind"] for event in told]
    assert [event["event_type"] for event in told] == ["create_entity"] * len(recorded)
    assert kinds == [[kind] for kind in recorded]
    assert recorded
