"""``checkdata doctor``: what is wrong with a production, and what to do about it."""

from pathlib import Path

import pytest

from tests.integration.cli.command import Command
from tests.integration.email.notify_server import KEY, TEMPLATE, notify_server
from tests.integration.email.smtp_server import free_port, smtp_server
from tests.integration.trs.trs_server import KEY as TRS_KEY
from tests.integration.trs.trs_server import problem, trs_server

AUDIT_KEY = "Wm4_Bc8nHf3sJd6gYp1uTk7-vXq2.Rz9wL"


def conditions(told: str) -> dict[str, set[str]]:
    """How each subject was found."""
    found = dict[str, set[str]]()
    for line in told.splitlines():
        if not line.startswith(" "):
            condition, subject = line.split(":", 1)[0].split()
            found.setdefault(subject, set()).add(condition)
    return found


def test_a_new_database_has_only_what_is_to_be_looked_at(checkdata: Command) -> None:
    told = checkdata.done("doctor", code=1).out
    found = conditions(told)
    assert "broken" not in set.union(*found.values())
    assert found["database"] == found["migrations"] == found["clock"] == found["assets"] == {"ok"}
    assert found["keys"] == found["mail"] == found["jobs"] == {"look"}
    on_postgresql = checkdata.variables["CHECKDATA_DATABASE_URL"].startswith("postgresql")
    assert found["roles"] == ({"ok"} if on_postgresql else {"look"})


def test_a_database_without_tables_is_broken_and_the_command_that_makes_them_is_named(unmigrated: Command) -> None:
    told = unmigrated.done("doctor", code=3).out
    assert conditions(told).get("migrations", {"broken"}) == {"broken"}
    assert "Run checkdata migrate" in told


def test_a_database_that_is_not_there_is_not_made(command: Command, tmp_path: Path) -> None:
    command.variables["CHECKDATA_DATABASE_URL"] = f"sqlite:///{tmp_path / 'none' / 'checkdata.sqlite'}"
    before = sorted(tmp_path.rglob("*"))
    told = command.done("doctor", code=3).out
    assert "There is no database at" in told
    assert conditions(told).keys() == {"settings", "keys", "database", "mail", "assets"}
    assert "Run checkdata migrate." in told
    assert sorted(tmp_path.rglob("*")) == before


def test_one_thing_that_is_broken_hides_no_other(command: Command) -> None:
    command.variables["CHECKDATA_DATABASE_URL"] = f"postgresql://checkdata@127.0.0.1:{free_port()}/checkdata"
    found = conditions(command.done("doctor", code=3).out)
    assert found["database"] == {"broken"}
    assert found["assets"] == {"ok"}
    assert found["mail"] == {"look"}


def test_the_owner_of_the_tables_is_no_role_to_serve_as(checkdata: Command) -> None:
    owner = checkdata.variables.get("CHECKDATA_OWNER_DATABASE_URL")
    if owner is None:  # SQLite has no roles
        assert conditions(checkdata.done("doctor", code=1).out)["roles"] == {"look"}
        return
    checkdata.variables["CHECKDATA_DATABASE_URL"] = owner
    assert conditions(checkdata.done("doctor", code=3).out)["roles"] == {"broken"}


def test_a_key_of_its_own_for_the_log_is_as_it_should_be(checkdata: Command) -> None:
    checkdata.variables["CHECKDATA_AUDIT_KEY"] = AUDIT_KEY
    told = checkdata.done("doctor", code=1).out
    assert conditions(told)["keys"] == {"ok"}
    assert AUDIT_KEY not in told


@pytest.mark.parametrize("address", ["0.0.0.0:9464", "[::]:9464"])
def test_measures_for_every_network_are_to_be_looked_at(checkdata: Command, address: str) -> None:
    checkdata.variables["CHECKDATA_METRICS_ADDRESS"] = "127.0.0.1:9464"
    assert "METRICS" not in checkdata.done("doctor", code=1).out
    checkdata.variables["CHECKDATA_METRICS_ADDRESS"] = address
    assert "CHECKDATA_METRICS_TOKEN" in checkdata.done("doctor", code=1).out


def test_a_mail_server_is_asked_without_a_mail(checkdata: Command) -> None:
    with smtp_server() as server:
        place = f"smtp://127.0.0.1:{server.port}?from=no-reply@check.example"
        checkdata.variables["CHECKDATA_EMAIL"] = place
        assert conditions(checkdata.done("doctor", code=1).out)["mail"] == {"ok"}
        assert server.deliveries == []
    assert conditions(checkdata.done("doctor", code=3).out)["mail"] == {"broken"}


def test_notify_is_asked_for_its_templates(checkdata: Command) -> None:
    with notify_server() as notify:
        checkdata.variables |= {
            "CHECKDATA_EMAIL": f"notify:{TEMPLATE}",
            "CHECKDATA_NOTIFY_KEY": KEY,
            "CHECKDATA_NOTIFY_URL": notify.url,
        }
        assert conditions(checkdata.done("doctor", code=1).out)["mail"] == {"ok"}
        assert "are right" in checkdata.done("notify", "check").out
        notify.templates.clear()
        assert conditions(checkdata.done("doctor", code=3).out)["mail"] == {"broken"}
        assert TEMPLATE in checkdata.done("notify", "check", code=1).err
        assert notify.sent == []


def test_the_teaching_record_system_is_asked_whether_the_key_works(checkdata: Command) -> None:
    with trs_server() as trs:
        checkdata.variables |= {"CHECKDATA_TRS_URL": trs.url, "CHECKDATA_TRS_KEY": TRS_KEY}
        told = checkdata.done("doctor", code=1).out
        assert conditions(told)["trs"] == {"ok"}
        assert "The job check-trns never ran." in told
        checkdata.done("check-trns")
        assert "The job check-trns ran last at" in checkdata.done("doctor", code=1).out
        trs.answers = [problem(403, "x")]
        told = checkdata.done("doctor", code=3).out
        assert conditions(told)["trs"] == {"broken"}
        assert "CHECKDATA_TRS_KEY" in told
        assert TRS_KEY not in told
    assert conditions(checkdata.done("doctor", code=1).out)["trs"] == {"look"}
    del checkdata.variables["CHECKDATA_TRS_KEY"]
    told = checkdata.done("doctor", code=1).out
    assert "trs" not in conditions(told)
    assert "check-trns" not in told


def test_mail_that_does_not_go_through_notify_can_not_be_checked_there(checkdata: Command) -> None:
    assert "CHECKDATA_EMAIL must be notify:" in checkdata.done("notify", "check", code=2).err


def test_what_to_create_at_notify_is_shown_without_a_database(command: Command) -> None:
    told = command.done("notify", "templates").out
    assert "((subject))" in told
    assert "sign_in_link" in told


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"CHECKDATA_EMAIL": "notify:"}, "CHECKDATA_EMAIL must have ids of templates"),
        ({"CHECKDATA_EMAIL": f"notify:{TEMPLATE},lunch={TEMPLATE}"}, "has templates for lunch"),
        ({"CHECKDATA_EMAIL": f"notify:{TEMPLATE}"}, "CHECKDATA_NOTIFY_KEY must be set"),
        ({"CHECKDATA_NOTIFY_KEY": "a key"}, "CHECKDATA_NOTIFY_KEY is not an API key"),
        ({"CHECKDATA_NOTIFY_RECEIPTS_TOKEN": "short"}, "CHECKDATA_NOTIFY_RECEIPTS_TOKEN must be 32"),
        ({"CHECKDATA_NOTIFY_RECEIPTS_TOKEN": "a" * 40}, "CHECKDATA_NOTIFY_RECEIPTS_TOKEN is easy to guess"),
    ],
    ids=["no id", "no such mail", "no key", "wrong key", "short token", "weak token"],
)
def test_settings_of_notify_that_are_wrong_are_named(
    checkdata: Command, variables: dict[str, str], sentence: str
) -> None:
    checkdata.variables |= variables
    told = checkdata.done("send", code=2).err
    assert sentence in " ".join(told.split())
