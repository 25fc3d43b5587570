"""What the Teaching Record System told of an alert, as it is stored (security.md 83)."""

from datetime import date
from pathlib import Path
from typing import Final

from checkdata.adapters.sql import SqlStorage
from checkdata.adapters.trs.connection import TrsConnection
from checkdata.adapters.trs.directory import TeachingRecordSystem
from checkdata.domain.services.feed.check_trns import CheckTrns
from tests.contracts.operators import Operator, row
from tests.feeds import REFERENCES, TEACHER, write_feed
from tests.integration.trs.trs_server import KEY, alert, trs_server
from tests.storages import opened
from tests.strategies import TODAY

ALERT: Final = alert(startDate="2019-03-05")
NOT_STORED: Final = (ALERT["alertId"], ALERT["alertType"]["name"], ALERT["details"], ALERT["startDate"])
BORN: Final = date(1990, 1, 2)
"""The birthday that the TRS tells."""


def test_of_an_alert_the_database_never_has_more_than_that_one_is_open(
    migrated_sqlite_url: str, tmp_path: Path
) -> None:
    with opened(migrated_sqlite_url) as engine, trs_server() as trs:
        operator = Operator(SqlStorage(engine), write_feed(tmp_path / "feed", references=REFERENCES))
        operator.write(row(trn_validated="", eligibility="", date_of_birth=BORN.isoformat()))
        operator.load()
        trs.put(TEACHER.trn, alerts=[ALERT])
        directory = TeachingRecordSystem(TrsConnection(trs.url, KEY))
        CheckTrns(storage=operator.storage, clock=operator.clock, directory=directory).ask(lambda _: None)
        answered = stored(migrated_sqlite_url)
        assert b'"active_alert": true' in answered
        operator.refresh(TODAY)
        for told in NOT_STORED:
            assert told.encode() not in answered + stored(migrated_sqlite_url)


def stored(url: str) -> bytes:
    """Every byte of the database's files, deleted rows too."""
    path = Path(url.removeprefix("sqlite:///"))
    return b"".join(each.read_bytes() for each in sorted(path.parent.glob(f"{path.name}*")))
