"""Where the text of a setting comes from: its variable, a file, or the name that a platform has for it."""

from pathlib import Path
from secrets import token_urlsafe

import pytest

from checkdata.domain.keys import Keys
from checkdata.entrypoints.settings.declared import SECRET_KEY
from checkdata.entrypoints.settings.environment import read_settings
from checkdata.entrypoints.settings.every import SETTINGS
from checkdata.entrypoints.settings.setting import WrongSetting

FILE = "CHECKDATA_SECRET_KEY_FILE"


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file whose text is a secret that no message may show."""
    path = tmp_path / "secret"
    path.write_text("hunter2\n", "utf-8")
    return path


def refusal(**variables: str) -> str:
    with pytest.raises(WrongSetting) as told:
        read_settings(variables)
    assert "hunter2" not in str(told.value)
    return str(told.value)


@pytest.mark.parametrize("around", ["{}", "{}\n", "\n {}\r\n\n"])
def test_a_secret_is_read_from_the_file_that_its_variable_names(secret: Path, around: str) -> None:
    key = token_urlsafe(32)
    secret.write_bytes(around.format(key).encode())
    assert read_settings({FILE: f" {secret} "}).secret_keys == Keys.of(key)


def test_a_file_may_list_keys_a_line_each(secret: Path) -> None:
    new, old = token_urlsafe(32), token_urlsafe(32)
    secret.write_text(f"{new}\n{old}\n", "utf-8")
    assert read_settings({FILE: str(secret)}).secret_keys == Keys.of(new, old)


def test_every_setting_that_settings_hide_may_be_in_a_file() -> None:
    assert {name for name, setting in SETTINGS.items() if setting.secret} >= {
        f"CHECKDATA_{name}"
        for name in ("DATABASE_URL", "OWNER_DATABASE_URL", "SECRET_KEY", "AUDIT_KEY", "EMAIL", "NOTIFY_KEY")
    }


def test_a_wrong_secret_in_a_file_is_never_shown(secret: Path) -> None:
    assert refusal(**{FILE: str(secret)}).startswith("CHECKDATA_SECRET_KEY is too short")


def test_a_setting_that_is_given_twice_is_refused(secret: Path) -> None:
    told = refusal(**{FILE: str(secret), SECRET_KEY.name: "hunter2"})
    assert told == f"{SECRET_KEY.name} is set, and so is {FILE}. Take one of them out"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "names a file that can't be read: No such file or directory"),
        (b" \n", "names a file that is empty"),
        (b"hunter2\xff", "names a file that is not text in UTF-8"),
        (b"hunter2" * 10_000, "names a file that is too large"),
    ],
    ids=["missing", "empty", "no text", "too large"],
)
def test_a_file_that_holds_no_secret_stops_the_start(secret: Path, content: bytes | None, told: str) -> None:
    secret.unlink() if content is None else secret.write_bytes(content)
    assert refusal(**{FILE: str(secret)}) == f"{FILE} {told}"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert refusal(**{FILE: str(tmp_path)}) == f"{FILE} names a file that can't be read: Is a directory"


def test_what_is_no_secret_has_no_file(secret: Path) -> None:
    told = refusal(CHECKDATA_SUPPORT_EMAIL_FILE=str(secret))
    assert told == "CHECKDATA_SUPPORT_EMAIL_FILE is not a setting of checkdata. Did you mean CHECKDATA_SUPPORT_EMAIL?"


def test_a_misspelt_file_is_refused_with_the_one_that_was_meant(secret: Path) -> None:
    assert refusal(CHECKDATA_SECRET_KEYFILE=str(secret)).endswith(f"Did you mean {FILE}?")


def test_the_platforms_name_counts_where_nothing_else_is_set(secret: Path) -> None:
    platforms = {"DATABASE_URL": "postgresql://platform/a", "COMMIT_SHA": "c0ffee"}
    assert read_settings(platforms).database_url == "postgresql://platform/a"
    assert read_settings(platforms).commit == "c0ffee"
    assert read_settings({**platforms, "CHECKDATA_DATABASE_URL": " "}).database_url == "postgresql://platform/a"
    own = read_settings({**platforms, "CHECKDATA_DATABASE_URL": "postgresql://own/b", "CHECKDATA_COMMIT": "own"})
    assert (own.database_url, own.commit) == ("postgresql://own/b", "own")
    secret.write_text("postgresql://file/c", "utf-8")
    in_a_file = read_settings({**platforms, "CHECKDATA_DATABASE_URL_FILE": str(secret)})
    assert in_a_file.database_url == "postgresql://file/c"
