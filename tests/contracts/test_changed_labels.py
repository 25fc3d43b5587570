"""Lines of downloads are kept as an import wrote them, until a version with other labels comes."""

from pathlib import Path

import pytest

from checkdata.domain.access.scope import Scope
from checkdata.domain.listing.labels import ROLE_LABELS
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.ports import Storage
from checkdata.domain.training.facts import ParticipantRole
from tests.contracts.operators import EVERY_LEAD_PROVIDER, NORTH, Operator, row
from tests.contracts.units_of_work import read
from tests.feeds import REFERENCES, write_feed
from tests.strategies import TODAY

WHOLE = ParticipantQuery(scope=Scope(organisation=NORTH, rules=EVERY_LEAD_PROVIDER))


@pytest.fixture
def operator(storage: Storage, tmp_path: Path) -> Operator:
    return Operator(storage, write_feed(tmp_path / "feed", references=REFERENCES))


def downloaded(storage: Storage) -> bytes:
    return read(storage, lambda work: b"".join(work.participants.csv(WHOLE)))


@pytest.mark.parametrize("how", ["the same feed", "refresh"])
def test_a_label_of_a_new_version_is_in_downloads_after_a_refresh_or_the_same_feed(
    storage: Storage, operator: Operator, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    operator.write(row(role="mentor"))
    operator.load()
    assert b",Mentor," in downloaded(storage)
    monkeypatch.setitem(ROLE_LABELS, ParticipantRole.MENTOR, "Coach")
    _, again = (operator.refresh(TODAY) if how == "refresh" else operator.load() for _ in range(2))
    assert b",Coach," in downloaded(storage)
    assert again.relisted == 0
