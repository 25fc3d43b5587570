"""Build a release into dist/, and try it where nothing else is installed (docs/releasing.md): `make release`."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import venv
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from socket import create_server
from typing import Final

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from checkdata import __version__

ROOT: Final = Path(__file__).parent
DIST: Final = ROOT / "dist"
REFUSED: Final = 2
"""How a command ends that cannot do what was asked."""

SECONDS: Final = 120
"""How long the demo may take to begin."""

RULES: Final = """
import sys
import checkdata
from checkdata import AccessFacts, Acting, DeliveryPartner, UserId, decide, london_today
assert checkdata.__version__ == sys.argv[1], checkdata.__version__
facts = AccessFacts(user=None, grants=(), agreements=())
assert not decide(Acting(UserId("u"), DeliveryPartner("d")), facts, on=london_today())
"""
"""What works without extras: the rules, by which a user that nobody knows sees nothing."""


def main() -> None:
    """Build and try; SystemExit with a sentence where the tree or what was built of it is no release."""
    refuse_what_is_not_committed()
    refuse_without_changes_told((ROOT / "CHANGELOG.md").read_text("utf-8"))
    shutil.rmtree(DIST, ignore_errors=True)
    wheel, bill = build()
    with tempfile.TemporaryDirectory(prefix="checkdata-release-") as made:
        try_the_rules(Path(made), wheel)
        try_the_service(Path(made), wheel)
    sums = "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in sorted(DIST.iterdir()))
    (DIST / "SHA256SUMS").write_text(sums, encoding="utf-8")
    told(f"Release {__version__} of commit {output('git', 'rev-parse', 'HEAD')} is in {DIST}: it was tried.")
    told(f"{len(json.loads(bill.read_text('utf-8'))['components'])} parts are in its bill of materials.")


def refuse_what_is_not_committed() -> None:
    """Let a release be what one commit says, so that it can be built again."""
    if output("git", "status", "--porcelain"):
        raise SystemExit("Something here is not committed: a release is built of one commit. Commit it, or stash it.")


def refuse_without_changes_told(text: str) -> None:
    """Let the changelog tell of this version, and of nothing that is in no version."""
    if not re.search(rf"^## \[{re.escape(__version__)}\] - \d{{4}}-\d\d-\d\d$", text, re.MULTILINE):
        raise SystemExit(f"CHANGELOG.md has no line “## [{__version__}] - YYYY-MM-DD”. Tell what this version changes.")
    if re.search(r"^## \[Unreleased\][^\[]*^- ", text, re.MULTILINE):
        raise SystemExit("CHANGELOG.md tells of changes that are in no version: give them to this one.")


def build() -> tuple[Path, Path]:
    """The sdist, the wheel that is built of it, and the wheel's bill of materials, held to its format."""
    moment = output("git", "log", "-1", "--format=%ct")
    run("hatchling", "build", "--target", "sdist", "--directory", str(DIST), SOURCE_DATE_EPOCH=moment)
    (sdist,) = DIST.glob("*.tar.gz")
    wheeling = ("pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(DIST), str(sdist))
    run(*wheeling, SOURCE_DATE_EPOCH=moment)
    (wheel,) = DIST.glob("*.whl")
    with zipfile.ZipFile(wheel) as opened:
        (name,) = [name for name in opened.namelist() if "/sboms/" in name]
        text = opened.read(name).decode()
    if (wrong := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)) is not None:
        raise SystemExit(f"The bill of materials is not CycloneDX: {wrong}")
    bill = DIST / f"checkdata-{__version__}.cdx.json"
    bill.write_text(text, encoding="utf-8")
    return wheel, bill


def try_the_rules(folder: Path, wheel: Path) -> None:
    """Install the wheel without extras: the rules work, and the command names the extra that it needs."""
    python = installed(folder / "rules", str(wheel))
    done(folder, python, "-I", "-c", RULES, __version__)
    command = (str(python.with_name("checkdata")), "--version")
    refused = subprocess.run(command, cwd=folder, env=environment(), text=True, capture_output=True, check=False)
    if refused.returncode != REFUSED or "checkdata[cli]" not in refused.stderr:
        raise SystemExit(f"Without extras the command does not name the extra that it needs: {refused.stderr}")
    told("Without extras: the rules decide, and the command names the extra that it needs.")


def try_the_service(folder: Path, wheel: Path) -> None:
    """Install the wheel with the locked packages: the command tells its version, and the demo answers."""
    python = installed(folder / "service", "--require-hashes", "-r", str(ROOT / "requirements/run.txt"))
    done(folder, python, "-m", "pip", "install", "--quiet", "--no-deps", str(wheel))
    command = python.with_name("checkdata")
    if (said := done(folder, command, "--version").strip()) != f"checkdata {__version__}":
        raise SystemExit(f"The command tells another version than {__version__}: {said}")
    with demo(folder, command) as port:
        answered(port, "/healthcheck")
        style = re.search(r'href="(/[^"]+\.css[^"]*)"', answered(port, "/"))
        if style is None or "govuk" not in answered(port, style[1]):
            raise SystemExit("The pages of the demo have no GOV.UK stylesheet.")
    told("With the locked packages: the command tells its version, and the demo answers.")


@contextmanager
def demo(folder: Path, command: Path) -> Iterator[int]:
    """The demo, on a free port; it is ended, and its folder with it."""
    with create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    arguments = [str(command), "demo", "--port", str(port), "--participants", "100"]
    with subprocess.Popen(arguments, cwd=folder, env=environment(), stdout=subprocess.DEVNULL) as process:
        try:
            yield port
        finally:
            process.terminate()


def answered(port: int, path: str) -> str:
    """What the demo answers, once it has begun; SystemExit where that is no page."""
    until = time.monotonic() + SECONDS
    while True:
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            body = answer.read().decode()
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise SystemExit(f"The demo did not begin within {SECONDS} seconds.") from None
            time.sleep(0.5)
            continue
        if answer.status != HTTPStatus.OK:
            raise SystemExit(f"The demo answers {path} with {answer.status}: {body[:200]}")
        return body


def installed(folder: Path, *what: str) -> Path:
    """The Python of a new environment with this and nothing else installed."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    done(folder.parent, python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *what)
    return python


def environment() -> Mapping[str, str]:
    """The variables here, without those of checkdata and of Python."""
    ours = ("CHECKDATA_", "DATABASE_URL", "PYTHON")
    return {name: text for name, text in os.environ.items() if not name.startswith(ours)}


def done(folder: Path, *command: str | Path) -> str:
    """What a command says; SystemExit with what it says where it fails."""
    process = subprocess.run(command, cwd=folder, env=environment(), text=True, capture_output=True, check=False)
    if process.returncode:
        raise SystemExit(f"{Path(command[0]).name} failed:\n{process.stdout}{process.stderr}")
    return process.stdout


def run(module: str, *arguments: str, **variables: str) -> None:
    """Run a module of the tools that build."""
    command = [sys.executable, "-m", module, *arguments]
    if subprocess.run(command, cwd=ROOT, env={**os.environ, **variables}, check=False).returncode:
        raise SystemExit(f"{module} failed: nothing is released.")


def output(*command: str) -> str:
    """What a command prints."""
    return subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=True).stdout.strip()


def told(sentence: str) -> None:
    """Print a sentence."""
    sys.stdout.write(f"{sentence}\n")


if __name__ == "__main__":
    main()
