"""``checkdata keys``: operators issue keys to services that ask, list all keys and revoke them."""

from datetime import timedelta
from typing import Final

from checkdata import london_today
from tests.integration.cli.command import Command

ISSUE: Final = ("keys", "issue", "--service", "Register trainees", "--name", "Production", "--reason", "Ticket 12")
EXPIRES: Final = (london_today() + timedelta(days=30)).isoformat()


def test_a_key_is_issued_listed_and_revoked_and_its_secret_is_said_once(checkdata: Command) -> None:
    may = ("--may", "search", "--may", "evaluation", "--expires", EXPIRES)
    said = checkdata.done(*ISSUE, *may)
    secret = said.out.strip()
    assert secret.startswith("checkdata-")
    assert secret not in said.err
    [key_id, prefix, *rest] = checkdata.done("keys", "list").out.splitlines()[1].split("\t")
    today = london_today().isoformat()
    assert rest == ["Production", "Register trainees", "evaluation, search", "works", today, EXPIRES, ""]
    assert secret.startswith(prefix)
    assert secret not in checkdata.done("keys", "list").said
    checkdata.done("keys", "revoke", key_id, "--reason", "Found in a log")
    assert "\trevoked\t" in checkdata.done("keys", "list").out
    assert "has already been revoked" in checkdata.done("keys", "revoke", key_id, "--reason", "Again", code=2).err
    assert "There is no such key" in checkdata.done("keys", "revoke", "unknown", "--reason", "Lost", code=2).err


def test_a_key_expires_after_today_and_within_a_year(checkdata: Command) -> None:
    for days in (0, 366):
        expires = (london_today() + timedelta(days=days)).isoformat()
        refused = checkdata.done(*ISSUE, "--may", "search", "--expires", expires, code=2)
        assert "A key must expire after today, and by" in refused.err
        assert not refused.out
