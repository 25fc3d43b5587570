"""Every test of the feed may begin with a good one."""

from pathlib import Path

import pytest

from tests.feeds import write_feed
from tests.unit.feed.reading import RECORD, REFERENCES, TEACHER


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A good feed, to be spoilt."""
    return write_feed(tmp_path / "feed", references=REFERENCES, records=[RECORD], teacher_records=[TEACHER])
