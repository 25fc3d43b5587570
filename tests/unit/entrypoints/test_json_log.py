import json
import logging
import sys
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkdata.entrypoints.json_log import JsonLines, log_as_json
from checkdata.entrypoints.request_ids import begin_request
from checkdata.entrypoints.semantic_log import SemanticLines
from tests.logs import log_put_back


def formatted(message: str, **extra: object) -> str:
    record = logging.makeLogRecord({"name": "checkdata.web", "levelname": "INFO", "msg": message, **extra})
    return JsonLines().format(record)


def test_a_line_tells_time_in_utc_level_logger_message_and_details() -> None:
    line: dict[str, Any] = json.loads(formatted("request", details={"status": 200}))
    assert datetime.fromisoformat(line.pop("time")).utcoffset() == timedelta()
    assert line == {"level": "info", "logger": "checkdata.web", "message": "request", "details": {"status": 200}}


@given(st.text())
def test_no_text_can_forge_a_line(text: str) -> None:
    line = formatted(text, details={"name": text})
    assert len(line.splitlines()) == 1
    assert json.loads(line)["message"] == text


def test_an_error_is_told_by_its_kind_and_place_and_not_by_its_text() -> None:
    try:
        int("Zoë Ünal, zoe@school.example")
    except ValueError:
        line = formatted("unexpected", exc_info=sys.exc_info())
    assert "school.example" not in line
    told = json.loads(line)
    assert told["error"] == "ValueError"
    assert "test_json_log.py" in told["where"][-1]


@pytest.fixture
def restored_logging() -> Any:  # noqa: ANN401 - a fixture that only puts back
    with log_put_back():
        yield


@pytest.mark.usefixtures("restored_logging")
def test_addresses_as_they_were_asked_for_are_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    log_as_json()
    logging.getLogger("uvicorn.access").warning('"GET /sign-in/a-token HTTP/1.1" 200')
    logging.getLogger("checkdata.web").info("request")
    [line] = capsys.readouterr().err.splitlines()
    assert json.loads(line)["message"] == "request"


def test_a_line_with_the_names_of_semantic_logger_tells_the_same() -> None:
    record = logging.makeLogRecord(
        {"name": "checkdata.web", "levelname": "WARNING", "msg": "request", "details": {"status": 200, "ms": 12.5}}
    )
    name = begin_request("a-safe-request-id")
    line: dict[str, Any] = json.loads(SemanticLines("staging").format(record))
    assert datetime.fromisoformat(line.pop("timestamp")).utcoffset() == timedelta()
    assert line.pop("pid")
    assert line == {
        "application": "checkdata",
        "environment": "staging",
        "level": "warn",
        "thread": "MainThread",
        "name": "checkdata.web",
        "message": "request",
        "tags": [name],
        "duration_ms": 12.5,
        "payload": {"status": 200},
    }


def test_an_error_with_the_names_of_semantic_logger_has_no_text_either() -> None:
    try:
        int("Zoë Ünal, zoe@school.example")
    except ValueError:
        record = logging.makeLogRecord({"name": "checkdata.web", "levelname": "ERROR", "exc_info": sys.exc_info()})
    line = SemanticLines("staging").format(record)
    assert "school.example" not in line
    told = json.loads(line)["exception"]
    assert told["name"] == "ValueError"
    assert "test_json_log.py" in told["stack_trace"][-1]
