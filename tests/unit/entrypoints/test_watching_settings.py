"""How the settings of those who watch are read; what is wrong is refused with what to do."""

from pathlib import Path
from typing import Final

import pytest

from checkdata.entrypoints.settings.environment import read_settings
from checkdata.entrypoints.settings.setting import WrongSetting
from checkdata.entrypoints.settings.watching import BigQueryName, ListeningAddress

KEY: Final = "x8Kq-2vTz.Rb5wNm7_Yc4hLf9sJd1gQp3"
TABLE: Final = "bigquery:a-project.a_dataset.events"


def test_a_host_and_a_port_are_listened_at() -> None:
    for value, host in (("127.0.0.1:9464", "127.0.0.1"), ("[::1]:9464", "::1"), ("0.0.0.0:9464", "0.0.0.0")):  # noqa: S104 - in a container
        settings = read_settings({"CHECKDATA_METRICS_ADDRESS": value})
        assert settings.metrics_address == ListeningAddress(host, 9464)


def test_a_file_and_a_table_take_events() -> None:
    settings = read_settings({"CHECKDATA_ANALYTICS": "file:/var/events", "CHECKDATA_ANALYTICS_KEY": KEY})
    assert settings.analytics is not None
    assert settings.analytics.destination == Path("/var/events")
    variables = {"CHECKDATA_ANALYTICS": TABLE, "CHECKDATA_ANALYTICS_KEY": KEY, "CHECKDATA_ANALYTICS_CREDENTIALS": "a"}
    settings = read_settings(variables)
    assert settings.analytics is not None
    assert settings.analytics.destination == BigQueryName("a-project", "a_dataset", "events")
    assert KEY not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("METRICS_ADDRESS", value) for value in ("9464", "127.0.0.1", "127.0.0.1:", ":9464", "a@b:1")),
        ("METRICS_TOKEN", "short"),
        *(
            ("SENTRY_DSN", value)
            for value in ("https://sentry.example/1", "http://key@sentry.example/1", "https://k@h/")
        ),
        *(("OTLP_URL", value) for value in ("collector:4318", "ftp://h", "http://user:word@h:4318", "http://h?x=1")),
        *(("ANALYTICS", value) for value in ("file:", "bigquery:a.b", "table", "bigquery:A B.c.d")),
    ],
)
def test_what_is_none_is_refused_by_name_and_with_what_to_do(name: str, value: str) -> None:
    with pytest.raises(WrongSetting, match=f"^CHECKDATA_{name} must be "):
        read_settings({f"CHECKDATA_{name}": value, "CHECKDATA_ANALYTICS_KEY": KEY})


@pytest.mark.parametrize(
    ("missing", "given"),
    [
        ("CHECKDATA_ANALYTICS_KEY", {"CHECKDATA_ANALYTICS": "file:/var/events"}),
        ("CHECKDATA_ANALYTICS_CREDENTIALS", {"CHECKDATA_ANALYTICS": TABLE, "CHECKDATA_ANALYTICS_KEY": KEY}),
    ],
)
def test_events_need_a_key_and_a_table_needs_who_signs_in(missing: str, given: dict[str, str]) -> None:
    with pytest.raises(WrongSetting, match=f"^{missing} must be set"):
        read_settings(given)
