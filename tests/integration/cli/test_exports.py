import csv
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any, Final

import pytest
from starlette.testclient import TestClient

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.audit.receipts import FileKind
from checkdata.domain.listing.columns import BODY_COLUMNS, PARTNER_COLUMNS, neutralised
from checkdata.domain.people.organisations import Role
from checkdata.domain.services.access.manage_access import NewAccess
from checkdata.domain.services.sign_in.sign_in import SignIn
from checkdata.domain.values import EmailAddress
from checkdata.entrypoints.composition.service import Composition
from checkdata.entrypoints.composition.web import web_app
from checkdata.entrypoints.demo.organisations import (
    BOTH_BODY,
    BOTH_PARTNER,
    CONFIRMING_LEAD_PROVIDER,
    DELIVERY_PARTNERS,
    ENDED_PARTNER,
    NORTH_HUB,
    SEVERN_VALE,
)
from checkdata.entrypoints.settings.environment import read_settings
from tests.integration.cli.command import Command
from tests.recent_events import recent

JO: Final = EmailAddress("jo@hub.example")
BOM: Final = b"\xef\xbb\xbf"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "exports"


def manifest_of(out: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((out / "manifest.json").read_text())
    return content


def lying_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}


@contextmanager
def composed(command: Command) -> Iterator[Composition]:
    with closing(Composition(read_settings(command.environment))) as made:
        yield made


def test_all_partners_with_an_agreement_in_force_get_a_file(loaded: Command, out: Path) -> None:
    ended = loaded.done("export", "--out", out, "--all")
    partners = {partner.delivery_partner_id for partner in DELIVERY_PARTNERS} - {ENDED_PARTNER}
    assert lying_in(out) == {"manifest.json", *(f"{partner}.csv" for partner in partners)}
    assert ended.out.startswith(f"{len(partners)} files with ")
    assert ended.err == "Writing files\n"


def test_the_manifest_tells_what_each_file_is(loaded: Command, out: Path) -> None:
    loaded.done("export", "--out", out, "--organisation", NORTH_HUB, "--role", "ect", "--search", "a")
    with composed(loaded) as made, made.storage.reading() as work:
        as_of = work.participants.as_of()
    assert as_of is not None
    content = (out / f"{NORTH_HUB}.csv").read_bytes()
    [file] = manifest_of(out)["files"]
    assert set(manifest_of(out)) == {"import_id", "created_at", "files"}
    assert manifest_of(out)["import_id"] == as_of.id
    assert file == {
        "organisation_id": NORTH_HUB,
        "role": "delivery_partner",
        "file": f"{NORTH_HUB}.csv",
        "rows": len(list(csv.reader(StringIO(content.decode())))) - 1,
        "sha256": sha256(content).hexdigest(),
        "bytes": len(content),
        "filters": {"query": "a", "role": "ect"},
    }


def test_bodies_lie_in_a_folder_of_their_own_with_their_own_columns(loaded: Command, out: Path) -> None:
    loaded.done("export", "--out", out, "--organisation", BOTH_BODY, "--as", "appropriate_body")
    assert lying_in(out) == {"manifest.json", f"appropriate-bodies/{BOTH_BODY}.csv"}
    header = (out / "appropriate-bodies" / f"{BOTH_BODY}.csv").read_text().partition("\n")[0]
    assert header.split(",") == [column.name for column in BODY_COLUMNS]


def test_nothing_found_is_a_header(loaded: Command, out: Path) -> None:
    loaded.done("export", "--out", out, "--organisation", NORTH_HUB, "--search", "nobody has such a name")
    assert (out / f"{NORTH_HUB}.csv").read_text() == ",".join(column.name for column in PARTNER_COLUMNS) + "\n"


def test_a_partner_without_an_agreement_that_is_named_ends_with_1_and_a_line_why(loaded: Command, out: Path) -> None:
    ended = loaded.done("export", "--out", out, "--organisation", ENDED_PARTNER, "--organisation", NORTH_HUB, code=1)
    assert f"No file for {ENDED_PARTNER}: Harbour Coast Teaching School Hub has no data-sharing agreement" in ended.err
    assert lying_in(out) == {"manifest.json", f"{NORTH_HUB}.csv"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["--organisation", "dp-nowhere"],
            "There is no delivery partner with the id dp-nowhere. Nothing was exported.",
        ),
        (["--organisation", BOTH_BODY], f"There is no delivery partner with the id {BOTH_BODY}."),
        (["--organisation", "../../etc"], "There is no delivery partner with the id ../../etc."),
        (["--all", "--induction-type", "school_led"], "This list cannot be filtered by induction type"),
        (["--all", "--as", "appropriate_body", "--role", "ect"], "This list cannot be filtered by role"),
        (["--all", "--search", "x" * 201], "Search must be 200 characters or fewer"),
        (["--all", "--search", "'"], "Enter a name, school or TRN with at least one letter or number"),
    ],
)
def test_what_can_not_be_exported_is_refused_with_2_and_writes_nothing(
    loaded: Command, out: Path, arguments: list[str], sentence: str
) -> None:
    assert sentence in loaded.done("export", "--out", out, *arguments, code=2).err
    assert not out.exists()


def test_a_refused_export_leaves_the_one_before(loaded: Command, out: Path) -> None:
    loaded.done("export", "--out", out, "--all")
    before = {name: (out / name).read_bytes() for name in lying_in(out)}
    loaded.done("export", "--out", out, "--organisation", "dp-nowhere", code=2)
    assert {name: (out / name).read_bytes() for name in lying_in(out)} == before


def test_a_folder_that_can_not_be_written_is_named_and_ends_with_3(loaded: Command, out: Path) -> None:
    out.write_text("")
    assert f"The folder {out} can't be written" in loaded.done("export", "--out", out, "--all", code=3).err


def test_files_of_the_export_before_are_gone(loaded: Command, out: Path) -> None:
    loaded.done("export", "--out", out, "--all")
    loaded.done("export", "--out", out, "--organisation", SEVERN_VALE)
    assert lying_in(out) == {"manifest.json", f"{SEVERN_VALE}.csv"}


def test_the_same_export_twice_gives_the_same_bytes(loaded: Command, tmp_path: Path) -> None:
    for name in ("first", "second"):
        loaded.done("export", "--out", tmp_path / name, "--all")
    first, second = (manifest_of(tmp_path / name) for name in ("first", "second"))
    assert (first["import_id"], first["files"]) == (second["import_id"], second["files"])


def test_an_export_is_audited_as_the_operators_without_the_text_of_the_search(loaded: Command, out: Path) -> None:
    loaded.done("export", "--out", out, "--organisation", NORTH_HUB, "--search", "secret", "--status", "checking_qts")
    with composed(loaded) as made, made.storage.reading() as work:
        [event] = [event for event in recent(work, 10) if event.kind is AuditKind.EXPORTED]
    assert (event.actor, event.role, event.organisation_id) == (None, Role.DELIVERY_PARTNER, NORTH_HUB)
    assert event.details["searched"] is True
    assert event.details["status"] == "checking_qts"
    assert "secret" not in repr(event)


@pytest.mark.parametrize(
    ("role", "organisation", "address"),
    [
        (Role.DELIVERY_PARTNER, NORTH_HUB, "/participants/extended.csv"),
        (Role.APPROPRIATE_BODY, BOTH_BODY, "/ects/extended.csv"),
    ],
)
def test_an_extended_file_is_that_of_the_web_and_its_receipt_says_so(
    loaded: Command, out: Path, role: Role, organisation: str, address: str
) -> None:
    asked = ("--organisation", organisation, "--as", role.value, "--status", "training_or_eligible_for_training")
    loaded.done("export", "--out", out, *asked, "--extended")
    [file] = manifest_of(out)["files"]
    with composed(loaded) as made:
        downloaded = signed_in(made, role, organisation).get(address, params={"status": asked[-1]})
        with made.storage.reading() as work:
            kept = {receipt.sha256: receipt.kind for receipt in work.receipts.between(None, None)}
    assert file["rows"] > 0
    assert downloaded.content == BOM + (out / file["file"]).read_bytes()
    assert kept[file["sha256"]] is FileKind.EXTENDED_EXPORT


def test_raw_cells_are_as_they_are_for_machines(loaded: Command, tmp_path: Path) -> None:
    safe, raw = tmp_path / "safe", tmp_path / "raw"
    loaded.done("export", "--out", safe, "--all")
    loaded.done("export", "--out", raw, "--all", "--raw")
    assert "-Unknown" in _names_in(raw)
    assert {neutralised(name) for name in _names_in(raw)} == _names_in(safe)


def _names_in(folder: Path) -> set[str]:
    return {
        row["full_name"]
        for path in folder.glob("*.csv")
        for row in csv.DictReader(path.read_text("utf-8").splitlines(keepends=True))
    }


FOR_ALL: Final[list[dict[str, str]]] = [
    {},
    {"query": "a"},
    {"query": "nobody has such a name"},
    {"status": "no_longer_being_trained"},
    {"status": "no_longer_being_trained checking_qts", "next": "school dfe"},
]
FOR_PARTNERS: Final[list[dict[str, str]]] = [
    *FOR_ALL,
    {"role": "ect"},
    {"role": "mentor", "status": "training_or_eligible_for_training"},
    {"query": "e o", "academic_year": "2024"},
]


@pytest.mark.parametrize(
    ("role", "organisation"),
    [
        (Role.DELIVERY_PARTNER, NORTH_HUB),
        (Role.DELIVERY_PARTNER, BOTH_PARTNER),
        (Role.APPROPRIATE_BODY, BOTH_BODY),
    ],
)
def test_after_its_three_first_bytes_the_download_of_the_web_is_the_file(
    loaded: Command, tmp_path: Path, role: Role, organisation: str
) -> None:
    partner = role is Role.DELIVERY_PARTNER
    address, queries = ("/participants.csv", FOR_PARTNERS) if partner else ("/ects.csv", FOR_ALL)
    with composed(loaded) as made:
        client = signed_in(made, role, organisation)
        for number, query in enumerate(queries):
            out = tmp_path / str(number)
            loaded.done("export", "--out", out, "--organisation", organisation, "--as", role.value, *options(query))
            [file] = manifest_of(out)["files"]
            downloaded = client.get(address, params={name: _values(name, word) for name, word in query.items()})
            assert downloaded.status_code == 200
            assert downloaded.content == BOM + (out / file["file"]).read_bytes()


def options(query: dict[str, str]) -> list[str]:
    """The words of an address as options of the command."""
    names = {"query": "--search", "academic_year": "--academic-year"}
    return [f"{names.get(name, f'--{name}')}={value}" for name, word in query.items() for value in _values(name, word)]


def _values(name: str, word: str) -> list[str]:
    return [word] if name == "query" else word.split()


def signed_in(made: Composition, role: Role, organisation: str) -> TestClient:
    """A browser in which a user acts for an organisation."""
    confirmer = CONFIRMING_LEAD_PROVIDER[organisation] if role is Role.DELIVERY_PARTNER else ""
    access = NewAccess(
        email=JO, name="Jo", role=role, organisation_id=organisation, confirmed_by=confirmer, reason="Ticket 12"
    )
    made.manage_access.add(access)
    signing_in = SignIn(storage=made.storage, tokens=made.tokens, clock=made.clock)
    signing_in.request_link(str(JO), "192.0.2.1")
    while made.send_mail.send_due():
        pass
    mails = (made.settings.data_folder / "mailbox").glob("*.eml")
    [link] = [line for mail in mails for line in mail.read_text().splitlines() if "/sign-in/" in line]
    session = signing_in.sign_in(link.rpartition("/")[2])
    base = str(made.settings.base)
    return TestClient(web_app(made), base_url=base, cookies={"checkdata_session": session.token})


def test_every_file_of_an_export_has_a_receipt_without_a_user(loaded: Command, out: Path) -> None:
    loaded.done("export", "--out", out, "--all", "--search", "a")
    with composed(loaded) as made, made.storage.reading() as work:
        kept = {receipt.sha256: receipt for receipt in work.receipts.between(None, None)}
    files = manifest_of(out)["files"]
    assert {file["sha256"] for file in files} == set(kept)
    for file in files:
        receipt = kept[file["sha256"]]
        assert (receipt.actor, receipt.kind, receipt.rows) == (None, FileKind.EXPORT, file["rows"])
        assert len(receipt.participant_ids or ()) == receipt.rows
