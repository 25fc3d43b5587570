from importlib.metadata import version

import pytest

from checkdata.entrypoints.composition.service import Composition
from tests.integration.cli.command import Command

COMMANDS = [
    *("demo", "migrate", "import", "refresh", "export", "serve", "decision-point serve", "send", "bounced"),
    *(f"users {name}" for name in ("add", "import", "list", "remove", "suspend", "reinstate")),
    *("nominations", "access review", "access lapse", "explain", "conformance", "conformance vectors"),
    *(f"keys {name}" for name in ("issue", "list", "revoke")),
    *(f"agreements {name}" for name in ("list", "history", "add", "end")),
]


def test_help_lists_every_command(command: Command) -> None:
    ended = command.done("--help")
    shown = [line.split()[0] for line in ended.out.partition("Commands:")[2].splitlines() if line.strip()]
    assert {name.split()[0] for name in COMMANDS} <= set(shown)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(command: Command, name: str) -> None:
    ended = command.done(*name.split(), "--help")
    assert f"  checkdata {name}" in ended.out.partition("Examples:\n")[2]


def test_the_version_is_told(command: Command) -> None:
    assert command.done("--version").out == f"checkdata {version('checkdata')}\n"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("frobnicate", "No such command 'frobnicate'"),
        ("import", "Missing argument 'FEED'"),
        ("import feed --allow-deletions", "--allow-deletions goes with --complete."),
        ("import feed --today yesterday", "Invalid value for '--today'"),
        ("export --all", "Missing option '--out'"),
        ("export --out there", "Use --all, or name organisations with --organisation"),
        ("export --out there --all --organisation dp-1", "but not both"),
        ("export --out there --all --status happy", "Invalid value for '--status'"),
        ("export --out there --all --role head", "Invalid value for '--role'"),
        ("export --out there --all --academic-year soon", "Invalid value for '--academic-year'"),
        ("export --out there --all --as support", "Invalid value for '--as'"),
        ("users add --email a@b.example --name A --role head --reason R", "Invalid value for '--role'"),
        ("users add --email a@b.example --name A --role support", "Missing option '--reason'"),
        ("users remove --reason R", "Missing option '--email'"),
        ("users import list.csv", "Missing option '--confirmed-by'"),
        ("keys issue --service S --name N --may anything", "Invalid value for '--may'"),
        ("keys revoke k-1", "Missing option '--reason'"),
        ("agreements end dsa-1", "Missing option '--reason'"),
        ("agreements end dsa-1 --reason R --last-day soon", "Invalid value for '--last-day'"),
        ("explain a@b.example p-1 --on soon", "Invalid value for '--on'"),
        ("explain a@b.example p-1 --as-known-at 2024-03-01", "Invalid value for '--as-known-at'"),
        ("explain a@b.example p-1 --role support", "--role and --organisation go together."),
        ("serve --port 99999", "Invalid value for '--port'"),
        ("serve --workers 0", "Invalid value for '--workers'"),
        ("demo --participants -1", "Invalid value for '--participants'"),
    ],
)
def test_wrong_usage_is_told_and_ends_with_2(command: Command, arguments: str, sentence: str) -> None:
    assert sentence in command.done(*arguments.split(), code=2).err


@pytest.mark.parametrize(
    ("name", "value", "arguments"),
    [
        ("CHECKDATA_DATABASE_URL", "mysql://localhost/checkdata", "users list"),
        ("CHECKDATA_DATABASE_URL", "sqlite://", "migrate"),
        ("CHECKDATA_BASE_URL", "http://check.example.org", "serve"),
        ("CHECKDATA_BASE_URL", "http://check.example.org", "export --out there --all"),
        ("CHECKDATA_EMAIL", "pigeon", "send"),
        ("CHECKDATA_SECRET_KEY", "short", "migrate"),
        ("CHECKDATA_SECRET_KEY", "", "serve"),
        ("CHECKDATA_SECRET_KEY", "", "send"),
        ("CHECKDATA_LINK_MINUTES", "soon", "refresh"),
    ],
)
def test_a_wrong_setting_is_named_and_ends_with_2(command: Command, name: str, value: str, arguments: str) -> None:
    command.variables[name] = value
    assert command.done(*arguments.split(), code=2).err.startswith(f"Error: {name} ")


def test_a_mailbox_does_not_start_with_an_https_base(command: Command) -> None:
    command.variables |= {"CHECKDATA_BASE_URL": "https://check.example.org", "CHECKDATA_EMAIL": "mailbox:/tmp/mail"}
    assert command.done("serve", code=2).err.startswith(
        "Error: CHECKDATA_EMAIL must be notify:TEMPLATE_ID or a mail server"
    )


NEED_A_DATABASE = [
    "users list",
    "users add --email a@b.example --name A --role support --reason R",
    "users remove --email a@b.example --reason R",
    "users suspend --email a@b.example --reason R",
    "users add-address --email a@b.example --to b@b.example --reason R",
    "users remove-address --email a@b.example --reason R",
    "users reinstate --email a@b.example --reason R",
    "export --out there --all",
    "refresh",
    "serve",
    "send",
]


@pytest.mark.parametrize("arguments", NEED_A_DATABASE)
def test_a_database_that_is_not_migrated_ends_with_3(unmigrated: Command, arguments: str) -> None:
    ended = unmigrated.done(*arguments.split(), code=3)
    assert "Error: The database does not have the tables of this version. Run checkdata migrate." in ended.err


@pytest.mark.parametrize("arguments", [*NEED_A_DATABASE, "migrate"])
@pytest.mark.parametrize(
    "address", ["sqlite:////no/such/folder/checkdata.sqlite", "postgresql://checkdata:hunter2@127.0.0.1:1/checkdata"]
)
def test_a_database_that_is_not_there_ends_with_3(command: Command, address: str, arguments: str) -> None:
    command.variables["CHECKDATA_DATABASE_URL"] = address
    ended = command.done(*arguments.split(), code=3)
    what, code = (
        ("The file of the database can't be opened", "SQLITE_CANTOPEN")
        if address.startswith("sqlite")
        else ("Nothing listens at the database's address", "SQLSTATE 08001")
    )
    assert ended.err.splitlines()[-1].startswith(f"Error: {what}. ")
    assert ended.err.endswith(f" ({code})\n")
    assert "hunter2" not in ended.said


def test_migrate_may_be_run_again(checkdata: Command) -> None:
    assert checkdata.done("migrate").out == "The database is ready.\n"


def test_unless_told_the_database_is_in_the_data_folder_and_only_its_owners(command: Command) -> None:
    command.done("migrate")
    assert (command.folder / "data" / "checkdata" / "checkdata.sqlite").exists()
    assert (command.folder / "data" / "checkdata").stat().st_mode & 0o777 == 0o700
    assert command.done("users", "list").out.count("\n") == 1


def test_a_data_folder_that_can_not_be_made_is_told(command: Command) -> None:
    (command.folder / "data").write_text("")
    ended = command.done("migrate", code=3)
    assert "checkdata can't be made" in ended.err
    assert "Set CHECKDATA_DATABASE_URL" in ended.err


def test_what_should_not_happen_ends_with_3_and_shows_nothing_personal(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Composition) -> None:
        raise KeyError("Zoë Ünal, zoe@school.example")

    monkeypatch.setattr(Composition, "migrate", fail)
    ended = command.done("migrate", code=3)
    assert ended.err.startswith("Error: something went wrong that should not: KeyError at ")
    assert "school.example" not in ended.said
