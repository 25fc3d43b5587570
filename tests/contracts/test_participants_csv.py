"""What every adapter writes as CSV and finds at once: the bytes and numbers that the plain questions give."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checkdata.domain.listing.columns import listing_csv, neutralised
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.people.organisations import Role
from checkdata.domain.ports import Storage
from tests.contracts.listings import ROWS, a_record, an_entry, keep, list_all
from tests.contracts.test_participants import SCOPES


def test_some_rows_have_cells_that_are_neutralised() -> None:
    assert any(neutralised(row.full_name) != row.full_name for row in ROWS)


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12) | st.sampled_from(
    [first + rest for first in "=+-@＝＋－＠'\",;\\ " for rest in ("", "1", '"', ",", " ", "N", ".")]
)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(cells=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=20))
def test_a_csv_has_the_bytes_of_the_plain_writer_whatever_its_cells_hold(
    storage: Storage, cells: list[tuple[str, str]]
) -> None:
    records = [a_record(number, full_name=name, email=email) for number, (name, email) in enumerate(cells)]
    with storage.writing() as work:
        keep(work.feed_store, *records)
        list_all(work.feed_store, map(an_entry, records))
        for safe in (True, False):
            query = ParticipantQuery(scope=SCOPES["all of a partner"])
            plain = b"".join(listing_csv(work.participants.rows(query), Role.DELIVERY_PARTNER, safe=safe))
            assert b"".join(work.participants.csv(query, safe=safe)) == plain
