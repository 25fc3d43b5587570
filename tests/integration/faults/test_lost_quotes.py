"""One quote too many in a large feed: refused in no more time than it takes to load the feed, and in little memory."""

import os
import re
import subprocess
import time
from pathlib import Path
from typing import Final

from attrs import frozen

from tests.integration.cli.command import PROGRAM
from tests.integration.faults.service import Service

ROWS: Final = 50_000
"""About 12 MB; a feed of 250 MB was tried as well."""

MOST_MEBIBYTES: Final = 250

HEADER: Final = (
    "record_id,participant_id,role,full_name,email,trn,school_urn,academic_year,lead_provider_id,"
    "delivery_partner_id,starts_on,updated_at,notes\n"
)


@frozen
class Measured:
    """How an import ended, and what it took: seconds of a processor, mebibytes at most."""

    code: int
    said: str
    seconds: float
    mebibytes: int


def write_feed(folder: Path, lost: int | None) -> Path:
    """A feed of `ROWS` rows; before the name on row *lost* stands a quote that is never closed."""
    folder.mkdir()
    (folder / "lead_providers.csv").write_text("lead_provider_id,name\nlp-1,Lead\n")
    (folder / "delivery_partners.csv").write_text("delivery_partner_id,name\ndp-1,Partner\n")
    (folder / "schools.csv").write_text("urn,name\n100000,St Mary\n")
    with (folder / "training_records.csv").open("w") as file:
        file.write(HEADER)
        for row in range(ROWS):
            quote = '"' if row == lost else ""
            file.write(
                f"q{row},q{row},ect,{quote}Zoe Number{row},zoe{row}@school.example,{row:07d},"
                f"100000,2023,lp-1,dp-1,2023-09-01,2023-10-01T09:00:00Z,{'x' * 110}\n"
            )
    return folder


def imported(service: Service, feed: Path) -> Measured:
    """Import a feed in a process of its own, as the tables' owner."""
    said = feed.with_suffix(".said")
    with said.open("w") as told:
        command = [*PROGRAM, "import", str(feed), "--report", str(feed.with_suffix(".report"))]
        environment = {**os.environ, **service.variables}
        process = subprocess.Popen(command, env=environment, stdout=told, stderr=told)  # noqa: S603
        most = 0
        while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
            most = max(most, mebibytes_of(process.pid))
            time.sleep(0.02)
        _, status, used = ended
        process.returncode = os.waitstatus_to_exitcode(status)
    return Measured(process.returncode, said.read_text(), used.ru_utime + used.ru_stime, most)


def mebibytes_of(pid: int) -> int:
    """The most that a process has held until now; its ``ru_maxrss`` would count what this one held when it began it."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) // 1024 if found else 0


def test_a_lost_quote_is_refused_in_no_more_time_than_the_feed_takes(service: Service, tmp_path: Path) -> None:
    lost = (0, ROWS - 4000)
    refusals = [imported(service, write_feed(tmp_path / f"lost{row}", row)) for row in lost]
    loaded = imported(service, write_feed(tmp_path / "whole", None))
    assert loaded.code == 0, loaded.said
    for row, refused in zip(lost, refusals, strict=True):
        assert refused.code == 2
        assert f"The quote opens on line {row + 2}" in " ".join(refused.said.split())
        assert refused.seconds < loaded.seconds
        assert refused.mebibytes < MOST_MEBIBYTES
