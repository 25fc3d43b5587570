import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import attr
import attrs
import pytest

import checkdata
from tests.unit.access import embedding

PACKAGE: Final = Path(checkdata.__file__).parent
DOMAIN: Final = PACKAGE / "domain"

IMPORT_THE_DOMAIN: Final = """
import importlib, pkgutil
import checkdata.domain
for module in pkgutil.walk_packages(checkdata.domain.__path__, "checkdata.domain."):
    importlib.import_module(module.name)
    print(module.name)
"""


@pytest.fixture
def run_with_only_attrs(tmp_path: Path) -> Callable[[str], str]:
    """Runs code where there are checkdata, attrs and the standard library, and nothing else to import."""
    for folder in (Path(attr.__file__).parent, Path(attrs.__file__).parent, DOMAIN.parent):
        (tmp_path / folder.name).symlink_to(folder)

    def run(code: str) -> str:
        path = f"import sys; sys.path.append({str(tmp_path)!r})\n"
        command = [sys.executable, "-I", "-S", "-B", "-c", path + code]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_imports_go_in_the_directions_that_pyproject_draws() -> None:
    lint_imports = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint_imports, "--no-logo"], capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stdout


def test_access_is_decided_with_only_attrs(run_with_only_attrs: Callable[[str], str]) -> None:
    run_with_only_attrs(f"import runpy; runpy.run_path({embedding.__file__!r}, run_name='__main__')")


def test_every_module_of_the_domain_needs_only_attrs(run_with_only_attrs: Callable[[str], str]) -> None:
    imported = run_with_only_attrs(IMPORT_THE_DOMAIN).split()
    assert len(imported) == len(list(DOMAIN.rglob("*.py"))) - 1  # all but its own __init__.py


def test_nothing_else_can_be_imported_there(run_with_only_attrs: Callable[[str], str]) -> None:
    with pytest.raises(AssertionError, match="No module named 'sqlalchemy'"):
        run_with_only_attrs("import sqlalchemy")


def test_the_domain_has_no_clock() -> None:
    clock = re.compile(r"\b(datetime\.now|utcnow|date\.today|datetime\.today|time\.time|monotonic)\(")
    assert [path.name for path in DOMAIN.rglob("*.py") if clock.search(path.read_text(encoding="utf-8"))] == []


def test_only_one_place_of_the_domain_takes_the_day_of_a_moment_and_it_is_londons() -> None:
    day = re.compile(r"\.date\(\)")
    assert [path.name for path in DOMAIN.rglob("*.py") if day.search(path.read_text(encoding="utf-8"))] == ["values.py"]


def test_no_date_is_written_by_the_locale_or_by_what_only_some_systems_know() -> None:
    unportable = re.compile(r"%[-#_^][A-Za-z]|%[aAbBhcpxX](?![\w(])")
    files = [path for kind in ("*.py", "*.html", "*.txt") for path in PACKAGE.rglob(kind)]
    assert [path.name for path in files if unportable.search(path.read_text(encoding="utf-8"))] == []
