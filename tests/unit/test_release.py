"""What `make release` asks of the changelog; the release itself is tried by that command (docs/releasing.md)."""

import pytest
from release import refuse_without_changes_told

from checkdata import __version__
from tests.documents import ROOT

GOOD = f"# Changelog\n\n## [Unreleased]\n\n## [{__version__}] - 2026-12-01\n\n### For users\n\n- A [link](x).\n"


def test_the_changelog_tells_of_this_version() -> None:
    assert f"\n## [{__version__}] - " in (ROOT / "CHANGELOG.md").read_text("utf-8")
    refuse_without_changes_told(GOOD)
    refuse_without_changes_told(GOOD.replace("## [Unreleased]\n\n", ""))


@pytest.mark.parametrize(
    ("told", "instead", "why"),
    [
        (" - 2026-12-01", "", "has no line"),
        (f"[{__version__}]", "[0.9.9]", "has no line"),
        ("[Unreleased]\n", "[Unreleased]\n\n### Added\n\n- Another.\n", "in no version"),
        ("[Unreleased]\n", "[Unreleased]\n\n- A [link](x).\n", "in no version"),
    ],
)
def test_no_release_is_made_whose_changes_are_not_told(told: str, instead: str, why: str) -> None:
    with pytest.raises(SystemExit, match=why):
        refuse_without_changes_told(GOOD.replace(told, instead))
