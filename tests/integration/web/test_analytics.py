"""Events of DfE Analytics: by its schema, about pseudonyms, and never in a request's way (docs/monitoring.md)."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from threading import Event as Signal
from typing import Any, Final

import pytest
from attrs import define, field
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from checkdata.domain.audit.events import AuditEvent, AuditKind
from checkdata.domain.keys import Key
from checkdata.domain.values import UserId
from checkdata.entrypoints.analytics import sending
from checkdata.entrypoints.analytics.bigquery import BigQueryTable
from checkdata.entrypoints.analytics.events import Event, EventMaker
from checkdata.entrypoints.analytics.file import EventFile
from checkdata.entrypoints.analytics.sending import Destination, EventSender, NotTaken
from checkdata.entrypoints.analytics.storage import StorageThatTells
from checkdata.entrypoints.analytics.telling import Analytics
from tests.integration.web.client import Client
from tests.integration.web.http_listener import Listener, listening
from tests.integration.web.world import ANN, NORTH, NOW, World, with_feed_and_access

KEY: Final = Key.of("a key of pseudonyms that only the tests know")
AGENT: Final = "Mozilla/5.0 (of nobody)"
PERSONAL: Final = ("Siobh", str(ANN), "Ann", "p-1", "0000001", "192.0.2.1", NORTH.id, "Mozilla", "search")

# What config/event-schema.json of DFE-Digital/dfe-analytics says: these fields and no others, of these types.
FIELDS: Final[Mapping[str, type]] = {
    "environment": str,
    "occurred_at": str,
    "event_type": str,
    "entity_table_name": str,
    "request_uuid": str,
    "request_user_agent": str,
    "request_method": str,
    "request_path": str,
    "request_query": list,
    "request_referer": str,
    "anonymised_user_agent_and_ip": str,
    "response_content_type": str,
    "response_status": int,
    "namespace": str,
    "user_id": str,  # the type of the column; the schema of the gem has the number of a row, which ours are not
    "data": list,
}
REQUIRED: Final = {"environment", "occurred_at", "event_type"}
KINDS: Final = {"web_request", "create_entity", "update_entity", "delete_entity", "import_entity"}


@define
class Kept:
    """A destination that keeps what it takes, once it may."""

    may: Signal = field(factory=Signal)
    took: list[Event] = field(factory=list)
    fails: bool = False

    def take(self, events: Sequence[Event], /) -> int:
        self.may.wait()
        if self.fails:
            raise NotTaken
        self.took.extend(events)
        return 0


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "LINGER_SECONDS", 0.01)
    monkeypatch.setattr(sending, "PAUSES", (0.01,))


@pytest.fixture
def kept() -> Kept:
    kept = Kept()
    kept.may.set()
    return kept


def watched(world: World, destination: Destination) -> tuple[Client, EventSender]:
    """A client of a service whose requests and records are told."""
    sender = EventSender(destination)
    analytics = Analytics(EventMaker(KEY, "staging"), sender)
    world.storage, world.analytics = StorageThatTells(world.storage, analytics.on_record), analytics
    return Client(world), sender


def check_schema(event: Mapping[str, Any]) -> None:
    assert event.keys() >= REQUIRED
    for name, value in event.items():
        assert isinstance(value, FIELDS[name]), name
    assert event["event_type"] in KINDS
    assert datetime.fromisoformat(event["occurred_at"]).utcoffset() is not None
    for pair in event.get("data", ()):
        assert pair.keys() == {"key", "value"}
        assert all(isinstance(each, str) for each in pair["value"])


def data_of(event: Event) -> dict[str, str]:
    return {pair["key"]: pair["value"][0] for pair in event["data"]}


def test_a_request_and_what_it_puts_on_record_are_told_by_the_schema_and_about_pseudonyms(kept: Kept) -> None:
    client, sender = watched(with_feed_and_access(World()), kept)
    client.sign_in(ANN)
    answer = client.http.get("/participants?search=Siobh", headers={"User-Agent": AGENT, "Referer": f"/?q={ANN}"})
    client.get("/participants/p-1", headers={"User-Agent": AGENT})
    sender.close()
    for event in kept.took:
        check_schema(event)
    requests = {each["request_path"]: each for each in kept.took if each["event_type"] == "web_request"}
    listing, page = requests["/participants"], requests["/participants/{participant_id:rest}"]
    assert listing["request_uuid"] == answer.headers["x-request-id"]
    assert (listing["request_method"], listing["response_status"], listing["namespace"]) == (
        "GET",
        200,
        "delivery_partner",
    )
    assert listing["response_content_type"] == "text/html; charset=utf-8"
    assert listing["occurred_at"] == "2024-06-03T14:55:00.000000+01:00"
    assert listing["user_id"] == page["user_id"]
    assert listing["anonymised_user_agent_and_ip"] == page["anonymised_user_agent_and_ip"]
    viewed = [each for each in kept.took if each["request_uuid"] == page["request_uuid"] and "data" in each]
    (recorded,) = map(data_of, viewed)
    assert recorded.keys() == {"kind", "role", "actor", "organisation_id", "participant_id"}
    assert (recorded["kind"], recorded["actor"]) == (AuditKind.PARTICIPANT_VIEWED.value, page["user_id"])
    text = json.dumps(kept.took)
    for personal in PERSONAL:
        assert personal not in text


def test_another_key_gives_other_pseudonyms_and_kinds_of_ids_share_none() -> None:
    event = AuditEvent(kind=AuditKind.GRANT_ADDED, at=NOW, actor=UserId("1"), organisation_id="1")
    told = [data_of(EventMaker(key, "staging").entity(event, "")) for key in (KEY, Key.of("another key, " * 3))]
    pseudonyms = {each[name] for each in told for name in ("actor", "organisation_id")}
    assert len(pseudonyms) == 4
    assert all(len(each) == 64 for each in pseudonyms)


def test_what_is_rolled_back_is_not_told(kept: Kept) -> None:
    world = World()
    _, sender = watched(world, kept)
    event = AuditEvent(kind=AuditKind.LIST_VIEWED, at=NOW)
    with world.storage.writing() as work:
        work.audit.record(event)
    with world.storage.at_once() as work:
        work.audit.record(event)
    with world.storage.writing() as work:
        work.audit.record_all([event, event])
        work.commit()
    sender.close()
    assert len(kept.took) == 3


def test_probes_and_files_of_pages_are_not_told(kept: Kept) -> None:
    client, sender = watched(World(), kept)
    for path in ("/healthcheck", "/readiness", "/static/checkdata.css"):
        assert client.http.get(path).status_code == 200
    sender.close()
    assert not kept.took


def test_a_destination_that_stands_still_delays_no_page_and_what_does_not_fit_is_counted() -> None:
    stands = Kept()
    outcomes: list[tuple[str, int]] = []
    sender = EventSender(stands, most=3)
    sender.tell = lambda outcome, number: outcomes.append((outcome, number))
    analytics = Analytics(EventMaker(KEY, "staging"), sender)
    client = Client(World(analytics=analytics))
    for _ in range(9):
        client.get("/sign-in")
    dropped = sum(number for outcome, number in outcomes if outcome == "dropped")
    assert dropped > 0
    stands.may.set()
    sender.close()
    assert len(stands.took) + dropped == 9


def test_events_that_nothing_takes_are_dropped_after_some_tries_and_counted(
    kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    kept.fails = True
    outcomes: list[tuple[str, int]] = []
    sender = EventSender(kept)
    sender.tell = lambda outcome, number: outcomes.append((outcome, number))
    for _ in range(5):
        sender.send({"event_type": "web_request"})
    sender.close()
    assert sum(number for outcome, number in outcomes if outcome == "dropped") == 5
    assert "events were dropped" in [record.message for record in caplog.records]


def test_events_are_added_to_a_file_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    for _ in range(2):
        assert EventFile(path).take([{"a": "é"}, {"b": 1}]) == 0
    assert [json.loads(line) for line in path.read_text("utf-8").splitlines()] == [{"a": "é"}, {"b": 1}] * 2
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(NotTaken):
        EventFile(tmp_path).take([{"a": 1}])


def test_a_disk_that_takes_half_a_line_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    fills_up = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from checkdata.entrypoints.analytics.file import EventFile\n"
        "from checkdata.entrypoints.analytics.sending import NotTaken\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (30, 30))\n"
        "try:\n"
        "    EventFile(Path(sys.argv[1])).take([{'number': each} for each in range(4)])\n"
        "except NotTaken:\n"
        "    sys.exit(7)\n"
    )
    assert subprocess.run([sys.executable, "-c", fills_up, path], check=False).returncode == 7  # noqa: S603
    *whole, half = path.read_text("utf-8").splitlines()
    assert list(map(json.loads, whole)) == [{"number": 0}, {"number": 1}]
    EventFile(path).take([{"number": 2}, {"number": 3}])
    assert path.read_text("utf-8").splitlines() == [*whole, half, '{"number": 2}', '{"number": 3}']


@pytest.fixture(scope="module")
def private_key() -> str:
    key = generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def table_at(listener: Listener, private_key: str, folder: Path) -> BigQueryTable:
    """A table of a BigQuery at this address, with the key file of a service account that signs in there."""
    account = {
        "type": "service_account",
        "client_email": "events@project.example",
        "private_key": private_key,
        "token_uri": f"{listener.address}/token",
    }
    path = folder / "account.json"
    path.write_text(json.dumps(account), "utf-8")
    return BigQueryTable.signed_in(("a-project", "a_dataset", "events"), path, listener.address)


def test_a_workload_signs_in_by_the_token_that_its_platform_gives_it(tmp_path: Path) -> None:
    token = tmp_path / "token"
    answer = {
        "access_token": "a-token",
        "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
        "expires_in": 3600,
        "token_type": "Bearer",
    }
    with listening(json.dumps(answer).encode()) as listener:
        pool = {
            "type": "external_account",
            "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/a-pool/providers/aks",
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
            "token_url": f"{listener.address}/sts",
            "credential_source": {"file": str(token)},
        }
        path = tmp_path / "workload.json"
        path.write_text(json.dumps(pool), "utf-8")
        table = BigQueryTable.signed_in(("a-project", "a_dataset", "events"), path, listener.address)
        token.write_text("token-of-the-platform", "utf-8")
        assert table.take([{"event_type": "web_request"}]) == 0
        signing_in, inserting = listener.next(), listener.next()
    assert signing_in.path == "/sts"
    assert b"subject_token=token-of-the-platform" in signing_in.body
    assert inserting.headers["authorization"] == "Bearer a-token"


@pytest.mark.parametrize("told", ["", "[]", '"x"', "{}", '{"type": "authorized_user"}', '{"type": "service_account"}'])
def test_a_file_of_other_credentials_is_a_wrong_setting(told: str, tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_text(told, "utf-8")
    with pytest.raises(ValueError):  # noqa: PT011 - google-auth's own, or ours
        BigQueryTable.signed_in(("a-project", "a_dataset", "events"), path)


def test_events_are_inserted_as_the_gem_inserts_them_by_a_service_account(private_key: str, tmp_path: Path) -> None:
    answer = {"access_token": "a-token", "expires_in": 3600, "token_type": "Bearer", "insertErrors": [{"index": 1}]}
    with listening(json.dumps(answer).encode()) as listener:
        table = table_at(listener, private_key, tmp_path)
        assert table.take([{"event_type": "web_request"}, {"event_type": "create_entity"}]) == 1
        signing_in, inserting = listener.next(), listener.next()
    assert signing_in.path == "/token"
    assert inserting.path == "/bigquery/v2/projects/a-project/datasets/a_dataset/tables/events/insertAll"
    assert inserting.headers["authorization"] == "Bearer a-token"
    body = json.loads(inserting.body)
    assert body["skipInvalidRows"] is True
    assert [row["json"]["event_type"] for row in body["rows"]] == ["web_request", "create_entity"]
    assert len({row["insertId"] for row in body["rows"]}) == 2


def test_an_event_that_is_sent_again_has_the_id_by_which_bigquery_knows_it_again(
    private_key: str, tmp_path: Path
) -> None:
    answer = {"access_token": "a-token", "expires_in": 3600, "token_type": "Bearer"}
    with listening(json.dumps(answer).encode()) as listener:
        table = table_at(listener, private_key, tmp_path)
        for _ in range(2):
            table.take([{"event_type": "web_request"}, {"event_type": "web_request"}])
        first, again = (each.body for each in listener.all() if each.path != "/token")
    assert json.loads(first) == json.loads(again)
    assert len({row["insertId"] for row in json.loads(first)["rows"]}) == 2


def test_a_bigquery_that_answers_otherwise_or_not_at_all_is_tried_again(private_key: str, tmp_path: Path) -> None:
    with listening(b"{}", 503) as listener:
        table = table_at(listener, private_key, tmp_path)
        with pytest.raises(NotTaken):
            table.take([{"event_type": "web_request"}])
    with pytest.raises(NotTaken):
        table.take([{"event_type": "web_request"}])
