"""The demo's feed is a valid feed, the same each time, and shows what the demo is to show."""

import csv
import re
import tracemalloc
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checkdata.domain.statuses import STATUS_OF, Status
from checkdata.domain.training_facts import (
    DetailsGiven,
    DetailsRequest,
    Eligibility,
    EligibilityReason,
    InductionStatus,
    Mentees,
    ParticipantRole,
    Programme,
    TrainingFacts,
    TrainingStatus,
)
from checkdata.domain.training_states import TrainingState, training_state
from checkdata.entrypoints.demo import organisations as demo
from checkdata.entrypoints.demo import write_demo_feed
from checkdata.entrypoints.demo.names import AWKWARD_NAMES
from checkdata.entrypoints.demo.people import MOST_PEOPLE

TODAY: Final = date(2026, 11, 24)
Row = dict[str, str]
Feed = dict[str, list[Row]]

ID: Final = r"[A-Za-z0-9_-]{1,64}"
TEXT: Final = r"[^\x00-\x1f\x7f-\x9f]+"
EMAIL: Final = r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)*\.(example|example\.org)"
DATE: Final = r"\d{4}-\d{2}-\d{2}"
FLAG: Final = "true|false"
MOMENT: Final = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})"
BLANK: Final = "|"

SHAPES: Final = {
    "lead_providers": {"lead_provider_id": ID, "name": TEXT, "contact_email": EMAIL + BLANK},
    "delivery_partners": {"delivery_partner_id": ID, "name": TEXT},
    "appropriate_bodies": {"appropriate_body_id": ID, "name": TEXT},
    "schools": {"urn": r"\d{6}", "name": TEXT},
    "agreements": {
        "agreement_id": ID,
        "lead_provider_id": ID,
        "delivery_partner_id": ID,
        "starts_on": DATE,
        "ends_on": DATE + BLANK,
        "first_academic_year": r"\d{4}" + BLANK,
        "last_academic_year": r"\d{4}" + BLANK,
        "covers_unconfirmed": FLAG,
    },
    "training_records": {
        "record_id": TEXT,
        "participant_id": TEXT,
        "role": "ect|mentor",
        "full_name": TEXT,
        "email": EMAIL + BLANK,
        "date_of_birth": DATE + BLANK,
        "trn": r"[\d/ -]+" + BLANK,
        "trn_validated": FLAG + BLANK,
        "school_urn": r"\d{6}",
        "academic_year": r"\d{4}",
        "lead_provider_id": ID + BLANK,
        "delivery_partner_id": ID + BLANK,
        "appropriate_body_id": ID + BLANK,
        "partnership": "confirmed|pending|challenged" + BLANK,
        "programme": "fip|cip|diy|other",
        "induction_tutor_email": EMAIL + BLANK,
        "induction_status": "active|changed|leaving|completed|withdrawn",
        "training_status": "active|deferred|withdrawn",
        "school_transfer": FLAG,
        "starts_on": DATE,
        "ends_on": DATE + BLANK,
        "induction_started_on": DATE + BLANK,
        "induction_completed_on": DATE + BLANK,
        "details_given": "none|without_trn|with_trn",
        "details_request": "submitted|delivered|failed" + BLANK,
        "check_failed": FLAG,
        "eligibility": "eligible|matched|ineligible|manual_check" + BLANK,
        "eligibility_reason": "active_flags|different_trn|no_qts|no_induction|duplicate_profile|exempt_from_induction"
        "|previous_induction|previous_participation" + BLANK,
        "mentees": "none|former|current",
        "updated_at": MOMENT,
    },
    "teacher_records": {
        "trn": r"\d{7}",
        "full_name": TEXT,
        "date_of_birth": DATE,
        "qts_awarded_on": DATE + BLANK,
        "induction_started_on": DATE + BLANK,
        "induction_completed_on": DATE + BLANK,
        "induction_status": "required|in_progress|passed|failed|exempt" + BLANK,
        "active_alert": FLAG,
    },
}
KEYS: Final = {
    "lead_providers": "lead_provider_id",
    "delivery_partners": "delivery_partner_id",
    "appropriate_bodies": "appropriate_body_id",
    "schools": "urn",
    "agreements": "agreement_id",
    "training_records": "record_id",
    "teacher_records": "trn",
}
REFERENCES: Final = {
    "school_urn": "schools",
    "lead_provider_id": "lead_providers",
    "delivery_partner_id": "delivery_partners",
    "appropriate_body_id": "appropriate_bodies",
}


def read(folder: Path) -> Feed:
    feed = {}
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            feed[path.stem] = list(csv.DictReader(file, strict=True))
    return feed


def written(folder: Path, participants: int = 5000, today: date = TODAY, seed: int = 2021) -> Feed:
    write_demo_feed(folder, participants=participants, today=today, seed=seed)
    return read(folder)


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Feed:
    return written(tmp_path_factory.mktemp("feed"))


def day(cell: str) -> date | None:
    return date.fromisoformat(cell) if cell else None


def seven_digits(trn: str) -> str:
    digits = re.sub(r"[ /-]", "", trn)
    return digits.zfill(7) if len(digits) >= 5 else digits


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


def shape_faults(feed: Feed) -> Iterable[str]:
    for file, columns in SHAPES.items():
        patterns = {column: re.compile(shape) for column, shape in columns.items()}
        for row in feed[file]:
            for column, pattern in patterns.items():
                if not pattern.fullmatch(row[column]):
                    yield f"{file} {column}: {row[column]!r}"
                elif columns[column] in (DATE, DATE + BLANK) and row[column]:
                    date.fromisoformat(row[column])


def key_faults(feed: Feed) -> Iterable[str]:
    for file, key in KEYS.items():
        counted = Counter(row[key] for row in feed[file])
        yield from (f"{file} has {value} twice" for value, times in counted.items() if times > 1)
    known = {file: {row[KEYS[file]] for row in feed[file]} for file in KEYS}
    for row in feed["training_records"] + feed["agreements"]:
        for column, file in REFERENCES.items():
            if row.get(column) and row[column] not in known[file]:
                yield f"{row} names an unknown {column}"


def record_faults(record: Row, today: date) -> Iterable[str]:
    trn = seven_digits(record["trn"])
    if trn and not re.fullmatch(r"\d{7}", trn):
        yield f"no TRN: {record['trn']}"
    if not trn and record["trn_validated"] == "true":
        yield "a TRN is valid, and there is none"
    if bool(record["delivery_partner_id"]) != bool(record["partnership"]):
        yield "a partnership goes with a delivery partner"
    if datetime.fromisoformat(record["updated_at"]).date() >= today:
        yield "updated after yesterday"
    if record["starts_on"] > today.isoformat() and record["school_transfer"] == "false":
        yield "starts on a day to come, and nobody moves"
    if record["ends_on"] and record["ends_on"] < record["starts_on"]:
        yield "ends before it starts"
    if record["induction_status"] == "completed" and not record["induction_completed_on"] < today.isoformat():
        yield "completed on a day to come"
    if record["role"] == "mentor" and record["induction_completed_on"]:
        yield "a mentor completes no induction"


def faults(feed: Feed, today: date) -> list[str]:
    found = [*shape_faults(feed), *key_faults(feed)]
    for record in feed["training_records"]:
        found += [f"{record['record_id']}: {fault}" for fault in record_faults(record, today)]
    roles = defaultdict(set)
    for record in feed["training_records"]:
        roles[record["participant_id"]].add(record["role"])
    return found + [f"{participant} has two roles" for participant, both in roles.items() if len(both) > 1]


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


def test_memory_does_not_grow_with_the_participants(tmp_path: Path) -> None:
    def peak(participants: int) -> int:
        tracemalloc.start()
        write_demo_feed(tmp_path, participants=participants, today=TODAY)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)  # what is kept for good, such as compiled expressions
    assert peak(1000) < peak(100) + 50_000


def test_the_seven_files_have_the_columns_of_the_contract(feed: Feed) -> None:
    assert {file: set(rows[0]) for file, rows in feed.items()} == {file: set(shape) for file, shape in SHAPES.items()}


def test_five_thousand_participants_have_no_fault(feed: Feed) -> None:
    assert faults(feed, TODAY) == []


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


def facts(row: Row) -> TrainingFacts:
    starts_on = day(row["starts_on"])
    assert starts_on
    return TrainingFacts(
        role=ParticipantRole(row["role"]),
        has_lead_provider=bool(row["lead_provider_id"]),
        has_trn=bool(row["trn"]),
        trn_validated=row["trn_validated"] == "true",
        programme=Programme(row["programme"]),
        induction_status=InductionStatus(row["induction_status"]),
        training_status=TrainingStatus(row["training_status"]),
        school_transfer=row["school_transfer"] == "true",
        starts_on=starts_on,
        ends_on=day(row["ends_on"]),
        induction_started_on=day(row["induction_started_on"]),
        induction_completed_on=day(row["induction_completed_on"]),
        details_given=DetailsGiven(row["details_given"]),
        details_request=DetailsRequest(row["details_request"]) if row["details_request"] else None,
        check_failed=row["check_failed"] == "true",
        eligibility=Eligibility(row["eligibility"]) if row["eligibility"] else None,
        eligibility_reason=EligibilityReason(row["eligibility_reason"]) if row["eligibility_reason"] else None,
        mentees=Mentees(row["mentees"]),
    )


def states(feed: Feed, today: date) -> Counter[TrainingState]:
    """The states of the records that leave nothing to the teacher records."""
    told = (row for row in feed["training_records"] if row["trn_validated"] or not row["trn"])
    return Counter(training_state(facts(row), today) for row in told)


def test_every_training_state_occurs(feed: Feed) -> None:
    assert set(states(feed, TODAY)) == set(TrainingState)


@pytest.mark.parametrize("today", [date(2025, 9, 1), date(2026, 11, 24), date(2027, 3, 31), date(2030, 8, 31)])
def test_all_eight_statuses_occur_on_any_day_and_most_participants_train(tmp_path: Path, today: date) -> None:
    statuses: Counter[Status] = Counter()
    for state, times in states(written(tmp_path, today=today), today).items():
        statuses[STATUS_OF[state]] += times
    assert set(statuses) == set(Status)
    assert statuses[Status.TRAINING_OR_ELIGIBLE_FOR_TRAINING] > statuses.total() / 2
