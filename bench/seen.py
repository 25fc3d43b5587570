"""Who has seen a participant, asked of a log of each of the sizes named, of 10,000 users in six years, on PostgreSQL.

    seen.py EVENTS…      events in the log, like 1_000_000 10_000_000

The log is made by the database: of every twenty events eleven are looks at lists, four are participants' own pages, one
is a download, every other one completed. Partners have shares as in the feed: `dp-1` has six in a hundred, `dp-150` is
the median one. The answer is the service's own, `Trace.seen`; the times are the least of three.
"""

import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Final

from cluster import postgresql
from commands import program, run, said
from feed import write_feed
from own import Bench

from checkdata.adapters.sql import SqlStorage, open_engine
from checkdata.domain.services.audit.trace import Trace
from checkdata.domain.values import ParticipantId

DATABASE: Final = "checkdata_seen"
RECORDS: Final = 30_000
ROUNDS: Final = 3
ASKED: Final = ("dp-1", "dp-2", "dp-150")
HEAD: Final = "| events | partner | its events | certainly | possibly | s |\n|--:|:--|--:|--:|--:|--:|\n"
IMPORTS: Final = """
    INSERT INTO imports (number, id, at, today, made_at, generation)
    SELECT number + n, 'i' || n, at, today, made_at, generation FROM imports, generate_series(1, 1500) n
    WHERE number = (SELECT max(number) FROM imports)
"""
EVENTS: Final = """
    INSERT INTO audit_events (kind, at, actor, role, organisation_id, import_id, participant_id, details)
    SELECT k.kind, timestamptz '2018-09-01' + d.day * interval '1 day',
        'u' || o.place || '-' || floor(random() * ceil(10000 * (sqrt(o.place / 300.0) - sqrt((o.place - 1) / 300.0)))),
        'delivery_partner', 'dp-' || o.place, 'i' || 1 + d.day * 1500 / 2190,
        CASE k.kind WHEN 'participant_viewed' THEN 'p-' || floor(random() * 1000000) END,
        CASE k.kind WHEN 'file_sent' THEN jsonb_build_object('kind', 'csv', 'download', o.n - 1)
        ELSE jsonb_build_object('searched', o.n % 3 = 0, 'agreements', 'ag-' || o.place, 'rules', r.words,
            'page', 1 + o.n % 7, 'size', 50, 'rows', 50, 'download', CASE k.kind WHEN 'downloaded' THEN o.n END) END
    FROM (SELECT n, 1 + floor(300 * power(random(), 2))::int AS place FROM generate_series(1, {events}) n) o,
    LATERAL (SELECT floor((o.n - 1) * 2190.0 / {events})::int AS day) d,
    LATERAL (SELECT CASE WHEN o.n % 20 = 1 THEN 'downloaded' WHEN o.n % 40 = 2 THEN 'file_sent'
        WHEN o.n % 20 IN (3, 4) THEN 'signed_in' WHEN o.n % 20 IN (5, 6, 7, 8) THEN 'participant_viewed'
        WHEN o.n % 20 = 9 THEN 'changes_viewed' ELSE 'list_viewed' END AS kind) k,
    (SELECT string_agg('-:' || id, ' ') AS words FROM lead_providers) r
"""
RECEIPTS: Final = """
    INSERT INTO receipts (sha256, size, kind, at, actor, role, organisation_id, import_id, rows, asked, scope)
    SELECT md5(id::text), 1, 'csv', at, actor, role, organisation_id, import_id, 3000,
        '{"filters": {}, "searched": false}',
        jsonb_build_object('agreements', '[]'::jsonb, 'rules', r.rules, 'version', 1)
    FROM audit_events, (SELECT jsonb_agg(jsonb_build_array(id, NULL, NULL)) AS rules FROM lead_providers) r
    WHERE kind = 'file_sent'
"""


def main() -> None:
    """Measure each size, and print its lines as soon as they are there."""
    sizes = [int(size.replace(",", "").replace("_", "")) for size in sys.argv[1:]]
    if not sizes:
        raise SystemExit(__doc__)
    work = Path(os.environ.get("YARD_WORK") or Path(tempfile.gettempdir()) / "checkdata-yard") / "seen"
    os.environ |= {"YARD_WORK": str(work), "BENCH_DATABASE": DATABASE, "PGOPTIONS": "-c client_min_messages=warning"}
    sys.stdout.write(HEAD)
    for size in sizes:
        with postgresql():
            _fill(work, size)
            for partner in ASKED:
                sys.stdout.write(f"| {size:,} | {partner} | {' | '.join(_measured(partner))} |\n")
                sys.stdout.flush()


def _fill(work: Path, size: int) -> None:
    feed = work / "feed"
    if not feed.exists():
        write_feed(feed, RECORDS)
    bench = Bench("postgresql", feed, work, RECORDS, 0, 1)
    bench.step("empty")
    bench.step("import", feed)
    for statement in (IMPORTS, EVENTS.format(events=size), RECEIPTS, "VACUUM ANALYZE"):
        run([program("psql"), "-qX", "-d", DATABASE, "-c", statement])


def _measured(partner: str) -> list[str]:
    """How many events a partner has, and who has seen the first of its participants."""
    generation = _told("SELECT generation FROM imports ORDER BY number DESC LIMIT 1")
    listing = f"public_generation_{generation}.partner_listing"
    participant = _told(f"SELECT participant_id FROM {listing} WHERE delivery_partner_id = '{partner}' LIMIT 1")
    events = int(_told(f"SELECT count(*) FROM audit_events WHERE organisation_id = '{partner}'"))
    where = f"host={os.environ['PGHOST']}&port={os.environ['PGPORT']}"
    engine = open_engine(f"postgresql+psycopg://{os.environ['PGUSER']}@/{DATABASE}?{where}")
    trace, times = Trace(storage=SqlStorage(engine), clock=lambda: datetime.now(UTC)), []
    for _ in range(ROUNDS):
        begun = perf_counter()
        found = trace.seen(ParticipantId(participant))
        times.append(perf_counter() - begun)
    engine.dispose()
    return [f"{events:,}", f"{len(found.certainly):,}", f"{len(found.possibly):,}", f"{min(times):.2f}"]


def _told(question: str) -> str:
    return said(program("psql"), "-qAtX", "-d", DATABASE, "-c", question).strip()


if __name__ == "__main__":
    main()
