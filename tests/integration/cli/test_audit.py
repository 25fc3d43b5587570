"""``checkdata audit …`` as an operator uses it."""

import csv
import io
import json
import re
from datetime import datetime
from pathlib import Path
from secrets import token_urlsafe
from zoneinfo import ZoneInfo

import pytest

from checkdata.domain.keys import Key
from tests.integration.cli.command import KEY, Command
from tests.integration.sql.test_append_only import by_hand
from tests.storages import looking_at_listings, opened

LATER = token_urlsafe(48)


def changed_by_hand(command: Command, *statements: str) -> None:
    with opened(command.owners_url) as engine:
        by_hand(engine, *statements)


def some_events(command: Command) -> None:
    for name in ("jo", "sam"):
        address = f"{name}@dfe.example"
        command.done("users", "add", "--email", address, "--name", "A B", "--role", "support", "--reason", "Ticket 1")


def test_a_sealed_log_verifies_and_a_row_changed_by_hand_is_named(checkdata: Command) -> None:
    some_events(checkdata)
    assert checkdata.done("audit", "seal").out == "2 events sealed.\n"
    assert checkdata.done("audit", "seal").out == "0 events sealed.\n"
    said = checkdata.done("audit", "verify").out
    assert said.startswith("2 events are sealed, 0 wait to be sealed.\nHead: 2:")
    assert said.endswith("\nNothing was changed after it was sealed.\n")
    changed_by_hand(checkdata, "UPDATE audit_events SET at = '2001-01-01 00:00:00' WHERE id = 1")
    assert checkdata.done("audit", "verify", code=1).out.startswith("Event 1 was changed after it was sealed.\n")


def test_an_end_that_was_cut_off_is_missed_by_the_head_noted_before(checkdata: Command) -> None:
    some_events(checkdata)
    checkdata.done("send")
    found = re.search("Head: (.*)", checkdata.done("audit", "verify").out)
    assert found
    checkdata.done("audit", "verify", "--head", found[1])
    changed_by_hand(checkdata, "DELETE FROM audit_events WHERE id = 2", "DELETE FROM audit_seals WHERE number = 2")
    checkdata.done("audit", "verify")
    assert "the end of the log was cut off" in checkdata.done("audit", "verify", "--head", found[1], code=1).out


def test_a_head_that_is_none_is_refused(checkdata: Command) -> None:
    assert "A head is a number" in checkdata.done("audit", "verify", "--head", "12", code=2).err


def test_without_the_key_nothing_is_verified(checkdata: Command) -> None:
    some_events(checkdata)
    checkdata.done("audit", "seal")
    del checkdata.variables["CHECKDATA_SECRET_KEY"]
    assert "CHECKDATA_SECRET_KEY is not set" in checkdata.done("audit", "verify", code=2).err


def test_a_key_that_was_not_given_is_named_in_other_words_than_tampering(checkdata: Command) -> None:
    some_events(checkdata)
    checkdata.done("audit", "seal")
    checkdata.variables["CHECKDATA_SECRET_KEY"] = LATER
    said = checkdata.done("audit", "verify", code=2).out
    ids = Key.of(KEY).id, Key.of(LATER).id
    assert said.startswith(f"Not verified: events 1 to 2, sealed with key {ids[0]}, which was not given.\n")
    assert said.endswith(f"Keys given: {ids[1]}. List the others after them in CHECKDATA_AUDIT_KEY and verify again.\n")
    assert "changed" not in said
    changed_by_hand(checkdata, "DELETE FROM audit_events WHERE id = 1")
    assert "Event 1 was removed" in checkdata.done("audit", "verify", code=1).out


@pytest.mark.parametrize("name", ["CHECKDATA_SECRET_KEY", "CHECKDATA_AUDIT_KEY"])
def test_a_log_over_a_rotation_verifies_with_both_keys_and_what_was_changed_is_found(
    checkdata: Command, name: str
) -> None:
    some_events(checkdata)
    checkdata.done("audit", "seal")
    checkdata.variables[name] = f'{LATER} "{KEY}"'
    checkdata.done("users", "suspend", "--email", "jo@dfe.example", "--reason", "Laptop stolen")
    checkdata.done("audit", "seal")
    said = checkdata.done("audit", "verify").out
    assert said.startswith("3 events are sealed, 0 wait to be sealed.\n")
    changed_by_hand(checkdata, "UPDATE audit_events SET at = '2001-01-01 00:00:00' WHERE id <> 2")
    said = checkdata.done("audit", "verify", code=1).out
    assert said.startswith("Event 1 was changed after it was sealed.\nEvent 3 was changed after it was sealed.\n")


def test_the_log_is_exported_as_csv_and_as_json_lines_with_the_same_filters(checkdata: Command, tmp_path: Path) -> None:
    some_events(checkdata)
    checkdata.done("users", "suspend", "--email", "jo@dfe.example", "--reason", "Laptop stolen, “again”")
    said = checkdata.done("audit", "export", "--user", "jo@dfe.example").out
    rows = list(csv.DictReader(io.StringIO(said)))
    assert [row["kind"] for row in rows] == ["grant_added", "user_suspended"]
    assert json.loads(rows[1]["details"]) == {"reason": "Laptop stolen, “again”"}
    assert datetime.fromisoformat(rows[0]["at"]).utcoffset() is not None
    out = tmp_path / "events.jsonl"
    checkdata.done("audit", "export", "--user", "jo@dfe.example", "--format", "jsonl", "--out", out)
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [str(line["number"]) for line in lines] == [row["number"] for row in rows]
    assert lines[1]["details"] == {"reason": "Laptop stolen, “again”"}


def test_an_export_narrows_by_kind_organisation_and_time_and_is_on_record(checkdata: Command) -> None:
    some_events(checkdata)
    today = f"{datetime.now(ZoneInfo('Europe/London')):%Y-%m-%d}"

    def exported(*arguments: str) -> int:
        return len(checkdata.done("audit", "export", *arguments).out.splitlines()) - 1

    assert exported("--kind", "grant_added", "--from", today, "--to", today) == 2
    assert exported("--kind", "grant_added", "--to", "2020-01-01") == 0
    assert exported("--kind", "grant_added", "--organisation", "dp-x") == 0
    assert exported("--kind", "audit_exported") == 4


def test_an_export_without_organisations_or_folder_is_refused(checkdata: Command, tmp_path: Path) -> None:
    assert "No user has this email" in checkdata.done("audit", "export", "--user", "x@y.example", code=2).err
    assert "can't be written" in checkdata.done("audit", "export", "--out", tmp_path, code=3).err


def test_a_file_is_verified_by_its_bytes_and_its_people_are_traced(loaded: Command, tmp_path: Path) -> None:
    out = tmp_path / "out"
    loaded.done("export", "--out", out, "--all")
    file = max(out.glob("*.csv"), key=lambda path: path.stat().st_size)
    said = loaded.done("verify", file).out
    assert said.startswith("export file of ")
    assert f"  for delivery_partner:{file.stem} " in said
    assert "exported by an operator" in said
    assert "Rows that have left the scope since: 0" in said
    with opened(loaded.owners_url) as engine, looking_at_listings(engine) as connection:
        participant, trn, name, urn = connection.exec_driver_sql(
            "SELECT participant_id, trn, full_name, school_urn FROM partner_listing"  # noqa: S608 - a file's name
            " WHERE trn <> '' AND delivery_partner_id = '" + file.stem + "' LIMIT 1"
        ).one()
    seen = loaded.done("audit", "seen", participant).out
    assert "Certainly seen by (1):" in seen
    assert f"an operator for delivery_partner:{file.stem} took a file that held them (export file, sha256" in seen
    assert loaded.done("audit", "seen", trn).out == seen
    assert "Enter the school too" in loaded.done("audit", "seen", f"{name} Of Nowhere", code=2).err
    named = loaded("audit", "seen", name, "--school", urn)  # there may be namesakes
    assert named.out == seen or participant in named.out
    changed = tmp_path / "changed.csv"
    changed.write_bytes(file.read_bytes() + b"\n")
    assert loaded.done("verify", changed, code=1).out.startswith("There is no receipt for this file")
    assert "can't be read" in loaded.done("verify", tmp_path / "none.csv", code=2).err
    assert "No participant has this id" in loaded.done("audit", "seen", "nobody", code=2).err


def test_what_has_left_the_scope_is_named_by_its_row_and_ending_an_agreement_names_its_files(
    loaded: Command, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    loaded.done("export", "--out", out, "--all")
    file = max(out.glob("*.csv"), key=lambda path: path.stat().st_size)
    under = re.search("under agreements (.*)", loaded.done("verify", file).out)
    assert under
    for agreement in under[1].split(", "):
        said = loaded.done("agreements", "end", agreement, "--reason", "Over", "--yes").out
        assert "Files to be deleted, of which their holders are asked by mail: " in said
    rows = len(file.read_text(encoding="utf-8").splitlines()) - 1
    gone = loaded.done("verify", file).out
    assert f"Rows that have left the scope since: {rows:,}\n    row 2: participant " in gone


def test_what_is_past_its_time_is_purged_and_the_log_verifies_from_its_anchor(checkdata: Command) -> None:
    changed_by_hand(
        checkdata, "INSERT INTO audit_events (kind, at, details) VALUES ('signed_in', '2001-02-03 04:05:06', '{}')"
    )
    checkdata.done("audit", "seal")
    some_events(checkdata)
    checkdata.done("audit", "seal")
    told = checkdata.done("purge", "--dry-run").out
    assert told.endswith("1 events of the audit log\nNothing was deleted.\n")
    assert checkdata.done("purge").out == told.replace("Nothing was deleted.", "Deleted.")
    assert checkdata.done("purge").out.endswith("0 events of the audit log\nNothing was deleted.\n")
    assert checkdata.done("audit", "verify").out.startswith("2 events are sealed, 1 wait to be sealed.\n")
    changed_by_hand(checkdata, "UPDATE audit_anchors SET digest = '0'")
    assert "its signature is wrong" in checkdata.done("audit", "verify", code=1).out
