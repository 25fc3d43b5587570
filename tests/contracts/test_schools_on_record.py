"""What the audit log has of an import of the register of schools, over every storage."""

from pathlib import Path

import pytest

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.errors import FeedRefused
from checkdata.domain.ports import Storage
from tests.contracts.test_school_register import COLUMNS, LINKS, TWO, file, load
from tests.contracts.units_of_work import read
from tests.recent_events import recent
from tests.strategies import NOON


def test_an_import_is_on_record_in_numbers_and_a_refused_one_is_not(storage: Storage, tmp_path: Path) -> None:
    links = [{"URN": "100001", "LinkURN": "100002", "LinkType": "Successor"}]
    schools = file(tmp_path / "all.csv", [*TWO, {**TWO[1], "URN": "12345"}])
    load(storage, schools, file(tmp_path / "links.csv", links, LINKS))
    with pytest.raises(FeedRefused):
        load(storage, file(tmp_path / "all.csv", [], COLUMNS[:3]))
    [event] = read(storage, lambda work: recent(work, 10))
    assert (event.kind, event.at, event.actor) == (AuditKind.SCHOOLS_IMPORTED, NOON, None)
    counts = {"schools_added": 2, "schools_changed": 0, "schools_unchanged": 0, "refused_rows": 1, "successions": 1}
    assert event.details == counts
