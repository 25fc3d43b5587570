"""The units of ops/systemd, as systemd reads them; nothing starts them here."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from checkdata.entrypoints.cli.program import COMMANDS
from checkdata.entrypoints.settings.every import SETTINGS
from tests.integration.proxies.proxy import OPS

UNITS: Final = OPS / "systemd"
SERVICES: Final = sorted(path.name for path in UNITS.glob("*.service"))
ANALYZE: Final = shutil.which("systemd-analyze") or "systemd-analyze"


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units with a program that this machine has."""
    folder = tmp_path / "units"
    shutil.copytree(UNITS, folder)
    for path in folder.glob("*.service"):
        path.write_text(path.read_text("utf-8").replace("/opt/checkdata/bin/checkdata", "/bin/true"), "utf-8")
    return folder


def analyze(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    variables = {"SYSTEMD_UNIT_PATH": f"{folder}:", "SYSTEMD_COLORS": "0", "PATH": "/usr/bin:/bin"}
    command = [ANALYZE, *words]
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=False)  # noqa: S603


def test_systemd_finds_no_fault_in_a_unit(units: Path) -> None:
    paths = [str(path) for path in sorted(units.iterdir()) if path.is_file()]
    done = analyze(units, "verify", "--man=no", *paths)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("name", SERVICES)
def test_no_unit_is_exposed(units: Path, name: str) -> None:
    done = analyze(units, "security", "--offline=true", "--threshold=20", str(units / name))
    assert done.returncode == 0, done.stdout.splitlines()[-1]


@pytest.mark.parametrize("name", SERVICES)
def test_each_unit_runs_a_command_with_settings_that_there_are(name: str) -> None:
    text = (UNITS / name).read_text("utf-8") + (UNITS / "checkdata-.service.d" / "all.conf").read_text("utf-8")
    found = re.search(r"^ExecStart=.*/opt/checkdata/bin/checkdata (\S+)", text, re.MULTILINE)
    assert found
    assert found[1] in COMMANDS
    files = {setting.file_name for setting in SETTINGS.values() if setting.secret}
    for variable, credential in re.findall(r"(CHECKDATA_\w+)=%d/(\w+)", text):
        assert variable in files
        assert f"LoadCredential={credential}:/etc/checkdata/{credential}\n" in text
    if found[1] in {"import", "refresh", "purge", "backup", "check-trns"}:
        assert "CHECKDATA_OWNER_DATABASE_URL_FILE" in text


@pytest.mark.parametrize("name", SERVICES)
def test_no_unit_opens_a_file_before_its_folder_is_made(name: str) -> None:
    """systemd opens the standard output before it makes StateDirectory: on an empty machine the unit ended with 209."""
    assert not re.search(r"^Standard\w+=(truncate|append|file):", (UNITS / name).read_text("utf-8"), re.MULTILINE)


def test_the_group_starts_the_service_and_every_timer() -> None:
    target = (UNITS / "checkdata.target").read_text("utf-8")
    wanted = set(re.findall(r"checkdata-\w+\.\w+", target))
    assert wanted == {"checkdata-web.service"} | {path.name for path in UNITS.glob("*.timer")}
    assert {path.stem for path in UNITS.glob("*.timer")} < {Path(name).stem for name in SERVICES}
