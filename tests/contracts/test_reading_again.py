"""A file that was merged last is not read again: its result is given again, and nothing else."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from checkdata.adapters.feed import FolderFeed
from checkdata.adapters.memory import MemoryRejections
from checkdata.domain.errors import FeedRefused
from checkdata.domain.feed.contents import Changes, ImportOutcome, KnownIds, RowFault
from checkdata.domain.feed.record_words import CheckedRow
from checkdata.domain.ports import Storage
from tests.contracts.operators import Operator, row
from tests.feeds import REFERENCES, write_feed, write_file
from tests.strategies import TODAY, day

BAD = row(record_id="bad", email="no address")


class Unread(FolderFeed):
    """A feed of which no training record may be read."""

    def training_records(self, known: KnownIds, /, only: Iterable[int] | None = None) -> Iterator[CheckedRow]:  # noqa: ARG002 - not asked for
        pytest.fail("the training records were read")


@pytest.fixture
def operator(storage: Storage, tmp_path: Path) -> Operator:
    return Operator(storage, write_feed(tmp_path / "feed", references=REFERENCES))


def load_unread(
    operator: Operator, *, strict: bool = False, complete: bool = False
) -> tuple[ImportOutcome, list[RowFault]]:
    rejections = MemoryRejections()
    feed = Unread(operator.folder, rejections)
    outcome = operator.import_feed.load(feed, rejections, today=TODAY, strict=strict, complete=complete)
    return outcome, rejections.faults


def test_the_same_file_is_not_read_again_and_the_same_is_said_of_it(operator: Operator) -> None:
    in_two_roles = [row(record_id=f"two-{role}", participant_id="two", role=role) for role in ("ect", "mentor")]
    operator.write(row(), BAD, *in_two_roles)
    first, faults = operator.load(), operator.faults
    before = operator.listed()
    again, told = load_unread(operator)
    assert told == faults
    assert len(told) == 3
    assert (again.refused_rows, again.warnings) == (first.refused_rows, first.warnings)
    assert again.records == Changes(unchanged=1)
    assert not again.changed
    assert operator.listed() == before


def test_warnings_of_an_unread_file_are_given_again(operator: Operator) -> None:
    path = operator.folder / "training_records.csv"
    operator.write(row())
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    first = operator.load()
    assert first.warnings
    again, _ = load_unread(operator)
    assert again.warnings == first.warnings


def test_a_strict_import_refuses_what_a_lenient_one_read(operator: Operator) -> None:
    operator.write(row(), BAD)
    operator.load()
    with pytest.raises(FeedRefused, match="strict"):
        load_unread(operator, strict=True)


def test_another_file_in_between_has_the_first_one_read_again(operator: Operator) -> None:
    operator.write(row(full_name="Ann"))
    operator.load()
    operator.write(row(full_name="Bea"))
    operator.load()
    operator.write(row(full_name="Ann"))
    assert operator.load().records == Changes(changed=1)
    assert [listed.full_name for listed in operator.listed()] == ["Ann"]


def test_a_row_that_was_refused_for_what_is_known_now_is_read_again(operator: Operator) -> None:
    operator.write(row(), row(record_id="r2", school_urn="100009"))
    assert operator.load().refused_rows == 1
    write_file(operator.folder, "schools", [{"urn": "100009", "name": "New"}])
    assert operator.load().records == Changes(added=1, unchanged=1)


def test_a_file_is_read_again_where_it_is_said_to_tell_all(operator: Operator) -> None:
    operator.write(*(row(record_id=f"r{number}") for number in range(20)))
    operator.load()
    operator.write(*(row(record_id=f"r{number}") for number in range(19)))
    assert operator.load().records == Changes(unchanged=19)
    assert operator.load(complete=True).records == Changes(unchanged=19, removed=1)
    again, _ = load_unread(operator, complete=True)
    assert not again.changed


def test_a_feed_that_was_refused_is_not_taken_for_merged(operator: Operator) -> None:
    operator.write(row())
    operator.load()
    operator.write(row(full_name="Changed"), row(full_name="Changed again"))
    for _ in range(2):
        with pytest.raises(FeedRefused, match="earlier line"):
            operator.load()
    operator.write(row())
    assert load_unread(operator)[0].records == Changes(unchanged=1)


def test_what_passing_days_and_teachers_change_is_derived_without_reading(operator: Operator) -> None:
    operator.write(row(induction_status="leaving", ends_on=day(10).isoformat()))
    operator.load()
    write_file(operator.folder, "schools", [{"urn": "100001", "name": "Renamed"}])
    again, _ = load_unread(operator)
    assert again.changed
    assert [listed.school for listed in operator.listed()] == ["Renamed"]
    assert operator.load(day(11)).relisted == 1
