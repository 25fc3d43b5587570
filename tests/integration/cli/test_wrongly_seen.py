"""``checkdata audit wrongly-seen`` as an operator uses it."""

import csv
import io
import re
from pathlib import Path

from tests.feeds import write_file
from tests.integration.cli.command import Command


def test_who_was_seen_in_an_export_under_an_agreement_that_was_corrected_is_listed(
    loaded: Command, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    loaded.done("export", "--out", out, "--all")
    assert loaded.done("audit", "wrongly-seen").out == "Nobody was seen wrongly, as it is known now.\n"
    file = max(out.glob("*.csv"), key=lambda path: path.stat().st_size)
    origin = loaded.done("verify", file).out
    under = re.search("under agreements ([^,\n]*)", origin)
    assert under
    cells = next(
        line.split("\t")
        for line in loaded.done("agreements", "list").out.splitlines()
        if line.startswith(f"{under[1]}\t")
    )
    partner, lead = (re.search(r"\(([^()]*)\)$", cell) for cell in cells[1:3])
    assert partner
    assert lead
    write_file(
        tmp_path / "feed",
        "agreements",
        [
            {
                "agreement_id": under[1],
                "lead_provider_id": lead[1],
                "delivery_partner_id": partner[1],
                "starts_on": "2090-01-01",
            }
        ],
    )
    write_file(tmp_path / "feed", "training_records", [])
    loaded.done("import", tmp_path / "feed")
    said = loaded.done("audit", "wrongly-seen", "--agreement", under[1], "--csv").out
    rows = list(csv.DictReader(io.StringIO(said)))
    assert rows
    assert {row["Why it was wrong"] for row in rows} == {"no agreement covered them"}
    assert {row["Who"] for row in rows} == {"an operator"}
    assert {row["Organisation"] for row in rows} == {file.stem}
    assert "no agreement with this id" in loaded.done("audit", "wrongly-seen", "--agreement", "x", code=2).err
