"""What a Prometheus is told: by routes, reasons and numbers, and of no person (docs/monitoring.md)."""

from collections.abc import Mapping
from typing import Final

import pytest
from prometheus_client.parser import text_string_to_metric_families

from checkdata.domain.errors import StorageUnavailable
from checkdata.domain.jobs import Job
from checkdata.domain.sign_in.link_limits import LinkLimits
from checkdata.entrypoints.web.files.downloads_at_once import RunningDownloads
from checkdata.entrypoints.web.measured_requests import METRICS
from tests.integration.web.client import Client, check_laws
from tests.integration.web.test_error_pages import Failing
from tests.integration.web.world import ANN, DEE, NORTH, World, with_feed_and_access

TOKEN: Final = "Mt4-bYq8.Lz2wKm7_Xc5nRf9sHd1gVp3u"  # noqa: S105 - of a service that lives as long as a test


@pytest.fixture
def world() -> World:
    """A service that has a token for a Prometheus."""
    return with_feed_and_access(World(metrics_token=TOKEN))


def scraped(client: Client) -> str:
    answer = client.http.get(METRICS, headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    check_laws(answer, client.world)
    return answer.text


def found(text: str, name: str) -> Mapping[tuple[str, ...], float]:
    """The numbers of a name, by the values of its labels in the order of the labels' names."""
    families = text_string_to_metric_families(text)
    samples = [sample for family in families for sample in family.samples if sample.name == name]
    return {tuple(sample.labels[label] for label in sorted(sample.labels)): sample.value for sample in samples}


def test_requests_are_counted_by_route_and_no_path_query_or_token_is_told(client: Client) -> None:
    client.sign_in(ANN)
    client.get("/participants/p-1?acting=delivery_partner:dp-north")
    client.http.get("/participants?search=Siobh%C3%A1n")
    client.http.get("/nothing/like/that")
    client.http.request("BREW", "/sign-in")
    text = scraped(client)
    requests = found(text, "checkdata_http_requests_total")
    assert requests["POST", "/sign-in/{token}", "303"] == 1
    assert requests["GET", "/participants/{participant_id:rest}", "200"] == 1
    assert requests["GET", "/participants", "200"] == 1
    assert requests["GET", "other", "404"] == 1
    assert requests["other", "/sign-in", "405"] == 1
    assert found(text, "checkdata_http_request_duration_seconds_count")["GET", "/participants"] == 1
    for secret in ("p-1", "Siobh", "like", "BREW", str(ANN), "Ann", NORTH.id):
        assert secret not in text


def test_decisions_are_counted_by_reason(client: Client) -> None:
    client.sign_in(ANN)
    client.get("/participants")
    client.sign_in(DEE)
    client.get("/participants", 403)
    decisions = found(scraped(client), "checkdata_access_decisions_total")
    assert decisions == {("granted",): 1, ("no_agreement",): 1}


def test_links_that_do_not_work_and_links_that_are_not_sent_are_counted(world: World) -> None:
    world.limits = LinkLimits(per_client=1)
    client = Client(world)
    client.get("/sign-in/no-such-link", 410)
    page = client.get("/sign-in")
    for status in (303, 429):
        client.submit(page, "/sign-in", status, email=str(ANN))
    assert found(scraped(client), "checkdata_refused_links_total") == {("dead",): 1, ("asked_too_often",): 1}


def test_mail_that_waits_and_the_last_runs_are_told(client: Client, world: World) -> None:
    world.mails_sent()
    world.sign_in.request_link(str(ANN), "192.0.2.1")
    world.pass_time(minutes=3)
    text = scraped(client)
    assert found(text, "checkdata_outbox_mails") == {(): 1}
    assert found(text, "checkdata_outbox_oldest_seconds") == {(): 180}
    assert found(text, "checkdata_outbox_overdue_seconds") == {(): 180}
    with world.storage.reading() as work:
        last = work.job_runs.last()[Job.IMPORT]
    assert found(text, "checkdata_last_run_timestamp_seconds")[("import",)] == last.timestamp()
    assert found(text, "checkdata_database_up") == {(): 1}


def test_of_a_database_that_does_not_answer_only_that_is_told() -> None:
    text = scraped(Client(World(metrics_token=TOKEN, storage=Failing(StorageUnavailable("db-1")))))
    assert found(text, "checkdata_database_up") == {(): 0}
    assert not found(text, "checkdata_outbox_mails")
    assert "db-1" not in text


@pytest.mark.parametrize("authorization", ["", "Bearer ", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN])
def test_who_does_not_show_the_token_is_told_nothing(client: Client, authorization: str) -> None:
    answer = client.http.get(METRICS, headers={"Authorization": authorization})
    assert answer.status_code == 401
    assert "checkdata_" not in answer.text


def test_a_prometheus_may_name_any_host(client: Client) -> None:
    answer = client.http.get(METRICS, headers={"Authorization": f"Bearer {TOKEN}", "Host": "10.0.0.7:8080"})
    assert answer.status_code == 200


def test_without_a_token_nothing_is_measured_and_there_is_no_such_address() -> None:
    client = Client(with_feed_and_access(World()))
    assert client.http.get(METRICS, headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 404
    assert "MeasuredRequests" not in str(World().app().user_middleware)


def test_downloads_under_way_are_told_when_one_begins_and_when_it_ends() -> None:
    told: list[int] = []
    running = RunningDownloads(tell=told.append)
    with running.one_more("a"), running.one_more("b"):
        pass
    assert told == [1, 2, 1, 0]


def test_applications_of_one_process_count_by_themselves(world: World) -> None:
    first, second = Client(world), Client(world)
    first.get("/sign-in")
    assert ("GET", "/sign-in", "200") not in found(scraped(second), "checkdata_http_requests_total")
