"""``checkdata audit statement``, and ``checkdata verify`` on a machine that has the key and the file only."""

import re
from pathlib import Path
from secrets import token_urlsafe

import pytest
from attrs import evolve

from checkdata.domain.keys import Key
from tests.integration.cli.command import KEY, Command
from tests.storages import looking_at_listings, opened

OTHER = token_urlsafe(48)


def a_participant(command: Command) -> str:
    with opened(command.owners_url) as engine, looking_at_listings(engine) as connection:
        found = connection.exec_driver_sql("SELECT min(participant_id) FROM partner_listing").scalar_one()
    return str(found)


@pytest.fixture
def statement(loaded: Command, tmp_path: Path) -> Path:
    """A statement of who has seen somebody whose partner's participants were exported."""
    loaded.done("export", "--out", tmp_path / "out", "--all")
    file = tmp_path / "statement.csv"
    said = loaded.done("audit", "statement", a_participant(loaded), "--out", file).out
    assert re.fullmatch(rf"[1-9]\d* lines? in {file}\n", said)
    return file


def test_a_statement_is_made_of_a_participant_whose_trn_is_given(statement: Path, loaded: Command) -> None:
    with opened(loaded.owners_url) as engine, looking_at_listings(engine) as connection:
        participant, trn = connection.exec_driver_sql(
            "SELECT participant_id, trn FROM partner_listing WHERE trn <> '' LIMIT 1"
        ).one()
    loaded.done("audit", "statement", trn, "--out", statement)
    assert participant in statement.read_text(encoding="utf-8-sig")


@pytest.fixture
def elsewhere(loaded: Command, tmp_path: Path) -> Command:
    """Another machine: it has the key, and no database."""
    return evolve(loaded, folder=tmp_path / "elsewhere", variables={"CHECKDATA_SECRET_KEY": KEY})


def test_a_statement_is_verified_on_another_machine_with_the_key_and_the_file_only(
    statement: Path, elsewhere: Command
) -> None:
    assert "An operator of the service" in statement.read_text(encoding="utf-8-sig")
    assert elsewhere.done("verify", statement).out.startswith("Genuine: ")
    elsewhere.variables = {"CHECKDATA_SECRET_KEY": OTHER, "CHECKDATA_AUDIT_KEY": f'{OTHER} "{KEY}"'}
    assert elsewhere.done("verify", statement).out.startswith("Genuine: ")
    assert not elsewhere.folder.exists()


@pytest.mark.parametrize(("found", "put"), [(b"An operator", b"An opera"), (b"\n", b"\r\n"), (b"Seal,", b"Sealed,")])
def test_a_statement_that_was_changed_ends_with_1(
    statement: Path, elsewhere: Command, found: bytes, put: bytes
) -> None:
    statement.write_bytes(statement.read_bytes().replace(found, put))
    assert elsewhere.done("verify", statement, code=1).out.startswith("Changed: ")


def test_a_statement_under_a_key_that_was_not_given_ends_with_2_and_names_it(
    statement: Path, elsewhere: Command
) -> None:
    elsewhere.variables = {"CHECKDATA_SECRET_KEY": OTHER}
    said = elsewhere.done("verify", statement, code=2).out
    assert said.startswith(f"Not verified: it names key {Key.of(KEY).id}, which was not given.")
    del elsewhere.variables["CHECKDATA_SECRET_KEY"]
    assert "CHECKDATA_SECRET_KEY is not set" in elsewhere.done("verify", statement, code=2).err


def test_what_the_command_writes_to_standard_output_is_the_same_file(loaded: Command, tmp_path: Path) -> None:
    file = tmp_path / "statement.csv"
    file.write_bytes(loaded.done("audit", "statement", a_participant(loaded)).out.encode())
    assert loaded.done("verify", file).out.startswith("Genuine: ")
    assert "No participant has this id" in loaded.done("audit", "statement", "nobody", code=2).err
    assert "can't be written" in loaded.done("audit", "statement", a_participant(loaded), "--out", tmp_path, code=3).err
