"""The demo's feed is a valid feed, the same each time, and shows what the demo is to show."""

import gc
import re
import tracemalloc
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkdata.entrypoints.demo import organisations as demo
from checkdata.entrypoints.demo import write_demo_feed
from checkdata.entrypoints.demo.names import AWKWARD_NAMES
from checkdata.entrypoints.demo.people import MOST_PEOPLE
from tests.unit.demo.feed_contract import SHAPES, Feed, Row, day, faults, read, seven_digits

TODAY: Final = date(2026, 11, 24)
SIX_WEEKS: Final = timedelta(weeks=6)


def written(folder: Path, participants: int = 5000, today: date = TODAY, seed: int = 2021) -> Feed:
    write_demo_feed(folder, participants=participants, today=today, seed=seed)
    return read(folder)


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Feed:
    return written(tmp_path_factory.mktemp("feed"))


def folded(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).replace("ł", "l")


def trn_is_theirs(record: Row, teachers: dict[str, Row]) -> bool:
    """Whether the import may call the TRN valid: the birth date, and the first name or all in another order."""
    teacher = teachers.get(seven_digits(record["trn"]))
    if teacher is None or teacher["date_of_birth"] != record["date_of_birth"]:
        return False
    given, registered = folded(record["full_name"]).split(), folded(teacher["full_name"]).split()
    return given[0] == registered[0] or sorted(given) == sorted(registered)


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("once", "again"):
        write_demo_feed(tmp_path / name, participants=300, today=TODAY)
    once, again = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("once", "again"))
    assert once == again


def test_another_seed_gives_other_participants(tmp_path: Path) -> None:
    one, two = (written(tmp_path / str(seed), 300, seed=seed)["training_records"] for seed in (1, 2))
    assert [row["full_name"] for row in one] != [row["full_name"] for row in two]


def test_a_feed_replaces_the_one_that_was_there(tmp_path: Path) -> None:
    written(tmp_path, 300)
    assert {row["participant_id"] for row in written(tmp_path, 1)["training_records"]} == {"p-0000001"}


@pytest.mark.parametrize("participants", [0, 1, len(AWKWARD_NAMES), len(AWKWARD_NAMES) + 1, 500])
def test_there_are_exactly_as_many_participants_as_asked_for(tmp_path: Path, participants: int) -> None:
    records = written(tmp_path, participants)["training_records"]
    assert len({row["participant_id"] for row in records}) == participants


@pytest.mark.parametrize("participants", [-1, MOST_PEOPLE + 1])
def test_a_number_of_participants_that_cannot_be_is_refused_and_nothing_written(
    tmp_path: Path, participants: int
) -> None:
    with pytest.raises(ValueError, match=f"{participants:,}"):
        write_demo_feed(tmp_path / "feed", participants=participants, today=TODAY)
    assert not (tmp_path / "feed").exists()


@pytest.fixture
def uncollected() -> Iterator[None]:
    """Let Python keep what it uses again, because after a collection it would be counted as new."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("uncollected")
def test_memory_does_not_grow_with_the_participants(tmp_path: Path) -> None:
    def peak(participants: int) -> int:
        tracemalloc.start()
        write_demo_feed(tmp_path, participants=participants, today=TODAY)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(3000)  # what is kept for good: compiled expressions, tuples to use again
    assert peak(1000) < peak(100) + 50_000


def test_the_seven_files_have_the_columns_of_the_contract(feed: Feed) -> None:
    assert {file: set(rows[0]) for file, rows in feed.items()} == {file: set(shape) for file, shape in SHAPES.items()}


def test_five_thousand_participants_have_no_fault(feed: Feed) -> None:
    assert faults(feed, TODAY) == []


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Feed:
    folder = tmp_path_factory.mktemp("earlier")
    write_demo_feed(folder, today=TODAY, told_on=TODAY - SIX_WEEKS)
    return read(folder)


def test_what_was_told_earlier_has_no_fault_either(earlier: Feed) -> None:
    assert faults(earlier, TODAY - SIX_WEEKS) == []


def test_an_earlier_feed_tells_of_no_record_that_today_s_does_not(feed: Feed, earlier: Feed) -> None:
    ids, earlier_ids = (
        {(row["participant_id"], row["record_id"]) for row in told["training_records"]} for told in (feed, earlier)
    )
    assert earlier_ids < ids


def test_since_an_earlier_feed_the_hub_has_gained_lost_and_checked_participants(feed: Feed, earlier: Feed) -> None:
    now, then = newest_records(feed), newest_records(earlier)
    gained = {who for who, row in now.items() if at_the_hub(row) and who not in then}
    lost = {who for who, row in then.items() if at_the_hub(row) and not at_the_hub(now[who])}
    checked = {who for who, row in then.items() if at_the_hub(row) and row["eligibility"] != now[who]["eligibility"]}
    assert min(len(gained), len(lost)) > 1
    assert len(checked) > 20


def newest_records(feed: Feed) -> dict[str, Row]:
    return {row["participant_id"]: row for row in feed["training_records"]}


def at_the_hub(record: Row) -> bool:
    return record["delivery_partner_id"] == demo.NORTH_HUB


@settings(max_examples=20)
@given(
    today=st.dates(date(2025, 9, 1), date(2040, 12, 31)),
    seed=st.integers(0, 10**6),
    participants=st.integers(0, 200),
)
def test_no_day_seed_or_number_gives_a_fault(today: date, seed: int, participants: int) -> None:
    with TemporaryDirectory() as folder:
        assert faults(written(Path(folder), participants, today, seed), today) == []


@pytest.mark.parametrize("today", [date(2025, 9, 1), date(2026, 8, 31), date(2028, 2, 29)])
def test_academic_years_are_today_s_and_the_four_before(tmp_path: Path, today: date) -> None:
    this_year = demo.academic_year_of(today)
    years = {int(row["academic_year"]) for row in written(tmp_path, 600, today)["training_records"]}
    assert years == set(range(this_year - 4, this_year + 1))


def in_force(agreement: Row) -> bool:
    return agreement["starts_on"] <= TODAY.isoformat() <= (agreement["ends_on"] or "9999")


def agreements_of(partner: str, feed: Feed) -> list[Row]:
    return [row for row in feed["agreements"] if row["delivery_partner_id"] == partner and in_force(row)]


def visible_at(partner: str, feed: Feed) -> list[Row]:
    return [
        row
        for row in feed["training_records"]
        if row["delivery_partner_id"] == partner and row["partnership"] == "confirmed"
    ]


@pytest.mark.parametrize("partner", [row.delivery_partner_id for row in demo.DELIVERY_PARTNERS])
def test_every_delivery_partner_has_participants(partner: str, feed: Feed) -> None:
    assert len(visible_at(partner, feed)) > 50


@pytest.mark.parametrize("body", [demo.BOTH_BODY, demo.PENNINE_BODY, demo.WESSEX_BODY, demo.EASTERN_BODY])
def test_every_appropriate_body_has_early_career_teachers(body: str, feed: Feed) -> None:
    roles = {row["role"] for row in feed["training_records"] if row["appropriate_body_id"] == body}
    assert roles == {"ect"}


def test_a_confirming_lead_provider_has_an_agreement_in_force_with_every_partner_but_one(feed: Feed) -> None:
    partners = {row["delivery_partner_id"] for row in feed["delivery_partners"]}
    assert set(demo.CONFIRMING_LEAD_PROVIDER) == partners - {demo.ENDED_PARTNER}
    for partner, lead_provider in demo.CONFIRMING_LEAD_PROVIDER.items():
        assert lead_provider in {row["lead_provider_id"] for row in agreements_of(partner, feed)}


def test_the_ended_partner_s_only_agreement_is_over(feed: Feed) -> None:
    (agreement,) = (row for row in feed["agreements"] if row["delivery_partner_id"] == demo.ENDED_PARTNER)
    assert not in_force(agreement)
    assert agreement["lead_provider_id"] == demo.ENDED_PARTNER_LEAD_PROVIDER


def test_one_organisation_is_a_delivery_partner_and_an_appropriate_body(feed: Feed) -> None:
    partners = {row["delivery_partner_id"]: row["name"] for row in feed["delivery_partners"]}
    bodies = {row["appropriate_body_id"]: row["name"] for row in feed["appropriate_bodies"]}
    assert partners[demo.BOTH_PARTNER] == bodies[demo.BOTH_BODY]
    assert len(set(partners.values()) & set(bodies.values())) == 1


def test_the_north_hub_has_two_lead_providers(feed: Feed) -> None:
    lead_providers = {row["lead_provider_id"] for row in agreements_of(demo.NORTH_HUB, feed)}
    assert lead_providers == {demo.KESTREL, demo.BRIGHTWATER}


def test_the_partly_covered_partner_has_participants_outside_its_agreement(feed: Feed) -> None:
    (agreement,) = agreements_of(demo.PARTLY_COVERED_PARTNER, feed)
    records = visible_at(demo.PARTLY_COVERED_PARTNER, feed)
    assert any(row["lead_provider_id"] not in ("", agreement["lead_provider_id"]) for row in records)
    assert any(
        row["lead_provider_id"] == agreement["lead_provider_id"]
        and row["academic_year"] < agreement["first_academic_year"]
        for row in records
    )


def test_the_confirmed_only_partner_has_participants_without_a_lead_provider(feed: Feed) -> None:
    (agreement,) = agreements_of(demo.CONFIRMED_ONLY_PARTNER, feed)
    assert agreement["covers_unconfirmed"] == "false"
    assert any(not row["lead_provider_id"] for row in visible_at(demo.CONFIRMED_ONLY_PARTNER, feed))


def test_the_awkward_names_are_at_the_north_hub(feed: Feed) -> None:
    assert set(AWKWARD_NAMES) <= {row["full_name"] for row in visible_at(demo.NORTH_HUB, feed)}


def test_the_north_hub_has_smiths_at_a_st_mary_s(feed: Feed) -> None:
    schools = {row["urn"]: row["name"] for row in feed["schools"]}
    assert any(
        "Smith" in row["full_name"] and "St Mary's" in schools[row["school_urn"]]
        for row in visible_at(demo.NORTH_HUB, feed)
    )


def test_schools_share_names_and_have_hard_ones(feed: Feed) -> None:
    names = Counter(row["name"] for row in feed["schools"])
    assert len(feed["schools"]) == 400
    assert names["St Mary's Church of England Primary School"] > 1
    assert max(map(len, names)) > 120


def test_trns_are_given_in_every_spelling(feed: Feed) -> None:
    spellings = {re.sub(r"\d", "9", row["trn"]) for row in feed["training_records"]}
    assert spellings == {"", "9999999", "99/99999", "99 99999", "99-99999", "99999", "999999"}


def test_some_trns_are_left_to_teacher_records_that_match_and_some_do_not(feed: Feed) -> None:
    teachers = {row["trn"]: row for row in feed["teacher_records"]}
    left = [row for row in feed["training_records"] if row["trn"] and not row["trn_validated"]]
    matches = Counter(trn_is_theirs(row, teachers) for row in left)
    assert matches[True] > 1000
    assert matches[False] > 20


def test_some_people_are_participants_in_both_roles(feed: Feed) -> None:
    roles = defaultdict(set)
    for row in feed["training_records"]:
        if row["trn"]:
            roles[seven_digits(row["trn"])].add((row["participant_id"], row["role"]))
    both = [people for people in roles.values() if len(people) > 1]
    assert len(both) > 10
    assert all({role for _, role in people} == {"ect", "mentor"} for people in both)


def test_partners_are_left_within_the_last_year_and_before(feed: Feed) -> None:
    records = defaultdict(list)
    for row in feed["training_records"]:
        records[row["participant_id"]].append(row)
    left_on = [
        day(old["ends_on"])
        for old, *later in records.values()
        if later and old["delivery_partner_id"] not in ("", later[-1]["delivery_partner_id"])
    ]
    a_year_ago = TODAY - timedelta(days=365)
    assert sum(left is not None and a_year_ago < left < TODAY for left in left_on) > 20
    assert sum(left is not None and left < a_year_ago - timedelta(days=14) for left in left_on) > 20
