"""The examples that ask a decision point, in other languages than ours, each against one that is served."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.integration.cli.command import Command
from tests.integration.cli.test_decision_point import ANN, Point, seen_by_ann, served
from tests.integration.conformance.languages import EXAMPLES, LANGUAGES, started_by


def asked(program: list[str], point: Point, participant: str, key: str = "") -> subprocess.CompletedProcess[str]:
    arguments = (f"http://127.0.0.1:{point.port}", ANN, participant)
    variables = {**os.environ, "CHECKDATA_KEY": key or point.secret}
    return subprocess.run([*program, *arguments], env=variables, capture_output=True, text=True, check=False)  # noqa: S603


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_example_tells_whom_a_user_may_see_page_by_page(loaded: Command, language: str, tmp_path: Path) -> None:
    folder = tmp_path / language
    shutil.copytree(EXAMPLES / language, folder)
    for program in folder.glob("ask.*"):
        program.write_text(program.read_text().replace("limit: 1000", "limit: 2"))
    with served(loaded) as point:
        everyone = seen_by_ann(loaded)
        told = asked(started_by(folder, "ask"), point, everyone[0])
    assert told.returncode == 0, told.stderr
    decision, *ids = told.stdout.splitlines()
    assert decision.startswith("yes, until ")
    assert ids == list(everyone)
    assert len(everyone) > 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_example_tells_a_no_with_its_reason_and_fails_without_a_key(loaded: Command, language: str) -> None:
    program = started_by(EXAMPLES / language, "ask")
    with served(loaded) as point:
        refused = asked(program, point, "nobody")
        keyless = asked(program, point, "nobody", key="of-nobody")
    assert refused.stdout.splitlines()[0] == "no: out_of_scope"
    assert keyless.returncode != 0
    assert "The decision point answered 401" in keyless.stderr
