"""Every test of the feed may begin with a good one."""

from pathlib import Path

import pytest

from tests.feeds import RECORD, REFERENCES, TEACHER, write_feed


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A good feed, to be spoilt."""
    return write_feed(tmp_path / "feed", references=REFERENCES, records=[RECORD], teacher_records=[TEACHER])
