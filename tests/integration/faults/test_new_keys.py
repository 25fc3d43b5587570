"""Fault 17: a new secret key signed every user out, and a new audit key called every event changed."""

from pathlib import Path
from typing import Final

import httpx2
import pytest
from attrs import evolve

from checkdata.domain.keys import Key
from tests.integration.cli.command import KEY
from tests.integration.cli.web_client import ask_for_link, follow_link, token_of
from tests.integration.faults.service import ANN, BEN, CAT, Served, Service
from tests.integration.sql.test_append_only import by_hand
from tests.integration.web.client import fields_of
from tests.integration.web.html import read
from tests.integration.web.reconciling import chosen
from tests.storages import opened

NEW: Final = "the-key-that-followed-which-nobody-knows-but-the-tests"
BOTH: Final = f'{NEW} "{KEY}"'
"""The old key is a sentence, as keys of tests are."""

LIST: Final = "Name,TRN\nTeacher Number 1,1000001\nNobody Known,7654321\n"


def goes_on_at(served: Served, browser: httpx2.Client) -> httpx2.Client:
    """The same browser at a service that was started again, at another port of this machine."""
    return httpx2.Client(base_url=served.address, cookies=browser.cookies, timeout=60)


def test_no_user_is_signed_out_by_a_new_key_as_long_as_the_old_one_is_listed(service: Service) -> None:
    with service.served() as before, before.signed_in(ANN) as ann, before.client() as ben:
        ask_for_link(ben, BEN)
        link = before.link_to(BEN, set())
        form = {"email": CAT, "csrf_token": token_of(ben.get("/sign-in").text)}
        wanted = ben.get("/participants?query=teacher")
        assert wanted.status_code == 303
    service.more["CHECKDATA_SECRET_KEY"] = BOTH
    with service.served() as after, goes_on_at(after, ann) as ann, goes_on_at(after, ben) as ben:
        assert ann.get("/participants").status_code == 200
        assert ben.post("/sign-in", data=form).status_code == 303
        assert follow_link(ben, link).url.query == b"query=teacher"
    service.more["CHECKDATA_SECRET_KEY"] = NEW
    with service.served() as later, goes_on_at(later, ann) as ann, goes_on_at(later, ben) as ben:
        assert ben.get("/participants").status_code == 200
        assert ann.get("/participants").headers["location"] == "/sign-in"


def test_a_list_that_is_being_compared_outlives_a_new_key(service: Service) -> None:
    with service.served() as before, before.signed_in(ANN) as ann:
        form = fields_of(read(ann.get("/reconcile").text).one("form", action="/reconcile"))
        del form["file"]
        columns = ann.post("/reconcile", data=form, files={"file": ("list.csv", LIST.encode())})
        assert columns.status_code == 200
    service.more["CHECKDATA_SECRET_KEY"] = BOTH
    with service.served() as after, goes_on_at(after, ann) as ann:
        result = ann.post("/reconcile/result", data=chosen(read(columns.text)))
        assert result.status_code == 200
        assert "Nobody Known" in result.text


def test_machines_that_know_both_keys_take_each_others_sessions(postgresql: Service, tmp_path: Path) -> None:
    postgresql.more["CHECKDATA_SECRET_KEY"] = f'"{KEY}" {NEW}'
    other = evolve(postgresql, folder=tmp_path / "other", more={"CHECKDATA_SECRET_KEY": BOTH})
    other.folder.mkdir()
    (postgresql.folder / "mailbox").mkdir()
    (other.folder / "mailbox").symlink_to(postgresql.folder / "mailbox")  # whichever of both sends it
    with postgresql.served() as old_signs, other.served() as new_signs:
        for here, there in ((old_signs, new_signs), (new_signs, old_signs)):
            with here.signed_in(ANN) as ann, goes_on_at(there, ann) as elsewhere:
                assert elsewhere.get("/participants").status_code == 200


def owners(service: Service) -> str:
    return service.owner_database_url or service.database_url


def test_a_log_over_a_new_key_verifies_with_both_and_a_missing_key_is_not_called_tampering(service: Service) -> None:
    service.run("audit", "seal")
    service.more["CHECKDATA_SECRET_KEY"] = BOTH
    service.run("users", "suspend", "--email", BEN, "--reason", "Laptop stolen")
    service.run("audit", "seal")
    assert "Nothing was changed" in service.run("audit", "verify").stdout
    for given, missing in ((NEW, Key.of(KEY).id), (KEY, Key.of(NEW).id)):
        service.more["CHECKDATA_AUDIT_KEY"] = given
        told = service.run("audit", "verify", code=2).stdout
        assert f"sealed with key {missing}, which was not given" in told
        assert "was changed" not in told
    service.more["CHECKDATA_AUDIT_KEY"] = BOTH
    with opened(owners(service)) as engine:
        by_hand(engine, "UPDATE audit_events SET at = '2001-01-01 00:00:00' WHERE kind = 'user_suspended'")
    assert "was changed after it was sealed" in service.run("audit", "verify", code=1).stdout


def test_a_forged_event_does_not_pass_by_naming_an_unknown_key(service: Service) -> None:
    service.run("audit", "seal")
    with opened(owners(service)) as engine:
        by_hand(
            engine,
            "UPDATE audit_events SET at = '2001-01-01 00:00:00' WHERE id = 1",
            "UPDATE audit_seals SET key_id = 'deadbeef' WHERE number = 1",
        )
    told = service.run("audit", "verify", code=2).stdout
    assert told.startswith("Not verified: event 1, sealed with key deadbeef, which was not given.\n")
    assert "Nothing was changed" not in told


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("CHECKDATA_SECRET_KEY", "a" * 32, "CHECKDATA_SECRET_KEY is easy to guess. "),
        ("CHECKDATA_AUDIT_KEY", "changeme" * 5, "CHECKDATA_AUDIT_KEY is easy to guess. "),
        (
            "CHECKDATA_SECRETKEY",
            NEW,
            "CHECKDATA_SECRETKEY is not a setting of checkdata. Did you mean CHECKDATA_SECRET_KEY?",
        ),
    ],
)
def test_what_is_wrong_with_a_setting_stops_every_command(service: Service, name: str, value: str, told: str) -> None:
    service.more[name] = value
    for command in ("serve", "send", "migrate", "users list", "audit verify"):
        assert told in service.run(*command.split(), code=2).stderr


def test_no_server_starts_as_the_owner_of_the_tables_without_being_told(postgresql: Service) -> None:
    owner = evolve(postgresql, database_url=owners(postgresql), owner_database_url=None)
    told = owner.run("serve", code=2).stderr
    assert told.startswith("Error: CHECKDATA_DATABASE_URL names the owner of the tables, ")
    assert "CHECKDATA_AS_OWNER" in told
    owner.more["CHECKDATA_AS_OWNER"] = "on"
    with owner.served() as served, served.client() as client:
        assert client.get("/sign-in").status_code == 200
