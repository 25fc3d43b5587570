"""The register of schools over every storage: names, successors, and what an import of its files does."""

import csv
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest

from checkdata.adapters.feed import GiasFiles
from checkdata.adapters.memory import MemoryRejections
from checkdata.domain.errors import FeedRefused
from checkdata.domain.feed.contents import Changes, RowFault
from checkdata.domain.people.organisations import School
from checkdata.domain.people.school_register import ClosedSchool, RegisteredSchool, SchoolState, Succession
from checkdata.domain.ports import Storage, UnitOfWork
from checkdata.domain.services.feed.import_schools import ImportSchools, SchoolsOutcome
from tests.contracts.operators import Operator, row
from tests.contracts.units_of_work import read, write
from tests.feeds import REFERENCES, write_feed, write_file
from tests.strategies import NOON, TODAY

DAY = date(2024, 8, 31)
OPEN, CLOSED = SchoolState.OPEN, SchoolState.CLOSED


def school(urn: str, name: str = "", state: SchoolState = OPEN) -> RegisteredSchool:
    closed_on = DAY if state is CLOSED else None
    return RegisteredSchool(urn=urn, name=name or f"School {urn}", state=state, closed_on=closed_on)


def put(storage: Storage, schools: Sequence[RegisteredSchool], *links: tuple[str, str], told: bool = True) -> Changes:
    successions = [Succession(*link) for link in links] if told else None
    return write(storage, lambda work: work.school_register.put(schools, successions))


def successors(storage: Storage, urn: str) -> list[str] | None:
    found = read(storage, lambda work: work.school_register.closed([urn]).get(urn))
    return None if found is None else [each.urn for each in found.successors]


def test_a_school_is_added_changed_or_the_same_and_what_is_not_named_stays(storage: Storage) -> None:
    assert put(storage, [school("100001", "Old"), school("100002")]) == Changes(added=2)
    assert put(storage, [school("100001", "New")]) == Changes(changed=1)
    assert put(storage, [school("100001", "New"), school("100003")]) == Changes(added=1, unchanged=1)
    names = read(storage, lambda work: work.school_register.names())
    assert names == {"100001": "New", "100002": "School 100002", "100003": "School 100003"}


def test_a_closed_school_leads_to_the_open_ones_that_follow_it_at_last(storage: Storage) -> None:
    schools = [school("100001", state=CLOSED), school("100002", state=CLOSED), school("100003"), school("100004")]
    put(storage, schools, ("100001", "100002"), ("100002", "100003"), ("100003", "100004"))
    assert successors(storage, "100001") == ["100003"]
    assert successors(storage, "100002") == ["100003"]
    assert successors(storage, "100003") is None
    assert read(storage, lambda work: work.school_register.closed(["100002", "999999"])) == {
        "100002": ClosedSchool(
            urn="100002", name="School 100002", closed_on=DAY, successors=(School("100003", "School 100003"),)
        )
    }


def test_a_school_that_was_split_leads_to_all_that_follow_it_the_nearest_first(storage: Storage) -> None:
    schools = [school("100001", state=CLOSED), school("100005", state=CLOSED), school("100002"), school("100003")]
    put(storage, schools, ("100001", "100003"), ("100001", "100005"), ("100005", "100002"))
    assert successors(storage, "100001") == ["100003", "100002"]


def test_a_cycle_leads_nowhere_and_ends(storage: Storage) -> None:
    schools = [school(urn, state=CLOSED) for urn in ("100001", "100002", "100003")]
    put(storage, schools, ("100001", "100002"), ("100002", "100003"), ("100003", "100001"), ("100001", "100001"))
    assert successors(storage, "100001") == []


def test_a_proposed_school_is_no_successor_before_it_opens(storage: Storage) -> None:
    put(storage, [school("100001", state=CLOSED), school("100002", state=SchoolState.PROPOSED)], ("100001", "100002"))
    assert successors(storage, "100001") == []
    put(storage, [school("100002")], told=False)
    assert successors(storage, "100001") == ["100002"]


def test_successors_follow_when_one_of_a_chain_closes_though_no_links_are_told_again(storage: Storage) -> None:
    schools = [school("100001", state=CLOSED), school("100002"), school("100003")]
    put(storage, schools, ("100001", "100002"), ("100002", "100003"))
    assert successors(storage, "100001") == ["100002"]
    put(storage, [school("100002", state=CLOSED)], told=False)
    assert successors(storage, "100001") == ["100003"]
    put(storage, [], ("100001", "100002"))
    assert successors(storage, "100001") == []


def test_a_closed_school_is_found_by_its_name_however_it_is_spelt(storage: Storage) -> None:
    put(storage, [school("100001", "St Zoë’s", CLOSED), school("100002", "St Zoë’s"), school("100003", "St Zoë’s 2")])

    def found(name: str) -> list[str]:
        return [each.urn for each in read(storage, lambda work: work.school_register.closed_under(name))]

    assert found("ST ZOE'S") == ["100001"]
    assert found("Zoe") == []


def test_kin_are_those_that_follow_a_closed_school_and_those_that_it_follows(storage: Storage) -> None:
    schools = [school("100001", state=CLOSED), school("100002", state=CLOSED), school("100003"), school("100004")]
    put(storage, schools, ("100001", "100002"), ("100002", "100003"), ("100003", "100004"))
    kin = read(storage, lambda work: work.school_register.kin(["100001", "100003", "100004"]))
    assert {urn: [each.urn for each in schools] for urn, schools in kin.items()} == {
        "100001": ["100002", "100003"],
        "100003": ["100001", "100002"],
    }
    many = [f"{number:06d}" for number in range(200000, 201500)]
    assert len(read(storage, lambda work: work.school_register.kin([*many, "100001"]))) == 1


# The files

STATUS = "EstablishmentStatus (name)"
COLUMNS = ("URN", "LA (code)", "EstablishmentName", STATUS, "CloseDate", "Town")
LONG = "".join(chr(97 + byte % 26) for number in range(100) for byte in sha256(bytes([number])).digest())
"""PostgreSQL can't index it, and it does not get shorter by being packed."""

LINKS = ("URN", "LinkURN", "LinkName", "LinkType", "LinkEstablishedDate")
TWO = [
    {
        "URN": "100001",
        "EstablishmentName": "St Zoë’s",
        "EstablishmentStatus (name)": "Closed",
        "CloseDate": "31-08-2024",
    },
    {"URN": "100002", "EstablishmentName": "The Académie ", "EstablishmentStatus (name)": "Open"},
]


def file(
    path: Path, rows: Sequence[Mapping[str, str]], columns: Sequence[str] = COLUMNS, *, encoding: str = "cp1252"
) -> Path:
    with path.open("w", newline="", encoding=encoding) as opened:
        writer = csv.DictWriter(opened, columns, restval="", lineterminator="\r\n", quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(rows)
    return path


def load(storage: Storage, schools: Path, links: Path | None = None) -> tuple[SchoolsOutcome, list[RowFault]]:
    rejections = MemoryRejections()
    outcome = ImportSchools(storage=storage, clock=lambda: NOON).load(GiasFiles(schools, links, rejections), rejections)
    return outcome, rejections.faults


def everything(work: UnitOfWork) -> tuple[Mapping[str, str], Mapping[str, ClosedSchool]]:
    names = work.school_register.names()
    return names, work.school_register.closed(names.keys())


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig"])
def test_the_files_of_gias_are_read_in_either_encoding(storage: Storage, tmp_path: Path, encoding: str) -> None:
    links = [
        {"URN": "100001", "LinkURN": "100002", "LinkType": "Successor - amalgamated"},
        {"URN": "100002", "LinkURN": "100001", "LinkType": "Predecessor"},
        {"URN": "100002", "LinkURN": "100001", "LinkType": "Sixth Form Centre Link"},
    ]
    schools = file(tmp_path / "edubasealldata.csv", TWO, encoding=encoding)
    outcome, faults = load(storage, schools, file(tmp_path / "links.csv", links, LINKS, encoding=encoding))
    assert (outcome.schools, outcome.successions, faults) == (Changes(added=2), 2, [])
    names, closed = read(storage, everything)
    assert names == {"100001": "St Zoë’s", "100002": "The Académie"}
    assert closed["100001"].successors == (School("100002"),)
    assert closed["100001"].closed_on == DAY
    again, _ = load(storage, schools)
    assert (again.schools, again.successions) == (Changes(unchanged=2), None)
    assert read(storage, everything) == (names, closed)


def test_a_bad_row_is_refused_by_itself_and_keeps_what_was_loaded_before(storage: Storage, tmp_path: Path) -> None:
    load(storage, file(tmp_path / "all.csv", TWO))
    bad = [
        {**TWO[0], "CloseDate": "2024-08-31"},
        {**TWO[1], "EstablishmentName": " "},
        {**TWO[1], "URN": "12345"},
        {**TWO[1], "URN": "100003", STATUS: "Unknown"},
        {**TWO[1], "URN": "100004", "EstablishmentName": "Good"},
        {**TWO[1], "URN": "100005", "EstablishmentName": LONG},
    ]
    outcome, faults = load(storage, file(tmp_path / "all.csv", bad))
    assert [(fault.line, fault.column) for fault in faults] == [
        (2, "CloseDate"),
        (3, "EstablishmentName"),
        (4, "URN"),
        (5, STATUS),
        (7, "EstablishmentName"),
    ]
    assert (outcome.schools, outcome.refused_rows) == (Changes(added=1), 5)
    names, closed = read(storage, everything)
    assert names == {"100001": "St Zoë’s", "100002": "The Académie", "100004": "Good"}
    assert [*closed] == ["100001"]


def test_a_link_of_an_unknown_school_is_refused_by_itself(storage: Storage, tmp_path: Path) -> None:
    links = [
        {"URN": "100001", "LinkURN": "999999", "LinkType": "Successor"},
        {"URN": "100001", "LinkURN": "100002", "LinkType": "Successor"},
    ]
    schools = file(tmp_path / "all.csv", TWO)
    outcome, faults = load(storage, schools, file(tmp_path / "links.csv", links, LINKS))
    assert [(fault.file, fault.line, fault.column) for fault in faults] == [("links.csv", 2, "LinkURN")]
    assert outcome.successions == 1


@pytest.mark.parametrize("wrong", ["twice", "header", "empty", "cut", "quote", "links"])
def test_a_file_that_is_refused_leaves_the_register_as_it_was(storage: Storage, tmp_path: Path, wrong: str) -> None:
    links = [{"URN": "100001", "LinkURN": "100002", "LinkType": "Successor"}]
    load(storage, file(tmp_path / "all.csv", TWO), file(tmp_path / "links.csv", links, LINKS))
    before = read(storage, everything)
    new = [{**TWO[0], "URN": "100009"}, *TWO]
    schools, told = file(tmp_path / "all.csv", new), None
    match wrong:
        case "twice":
            file(schools, [*new, TWO[1]])
        case "header":
            file(schools, [], COLUMNS[:3])
        case "empty":
            file(schools, [])
        case "cut":
            schools.write_bytes(schools.read_bytes()[:-20])
        case "quote":
            schools.write_bytes(schools.read_bytes() + b'"100010,\r\n')
        case _:
            told = file(tmp_path / "links.csv", [], LINKS)
    with pytest.raises(FeedRefused):
        load(storage, schools, told)
    assert read(storage, everything) == before


def test_one_damaged_line_does_not_change_how_the_others_are_read(storage: Storage, tmp_path: Path) -> None:
    for number, encoding in enumerate(("utf-8", "cp1252")):
        rows = [
            {**TWO[1], "URN": f"{number + 2}0000{place}", "EstablishmentName": f"Été {place}"} for place in range(5)
        ]
        path = file(tmp_path / "all.csv", rows, encoding=encoding)
        path.write_bytes(path.read_bytes().replace("Été 3".encode(encoding), b"\x81t\xe9 3"))
        outcome, faults = load(storage, path)
        assert [(fault.line, fault.column) for fault in faults] == [(5, "EstablishmentName")], encoding
        assert outcome.schools == Changes(added=4)
        names = read(storage, lambda work: work.school_register.names())
        assert names[f"{number + 2}00004"] == "Été 4"


def test_of_two_imports_at_once_the_second_waits_and_finds_what_the_first_loaded(
    storage: Storage, tmp_path: Path
) -> None:
    path = file(tmp_path / "all.csv", TWO)
    with ThreadPoolExecutor(1) as other:
        with storage.writing() as work:
            assert not work.school_register.begin()
            second = other.submit(load, storage, path)
            wait([second], 0.3)  # without a lock it would be done by then
            assert work.school_register.put([school("100001")], []) == Changes(added=1)
            work.commit()
        assert second.result()[0].schools == Changes(added=1, changed=1)


# What lists then show


@pytest.fixture
def operator(storage: Storage, tmp_path: Path) -> Operator:
    """An operator who has imported one participant of the school 100001."""
    operator = Operator(storage, write_feed(tmp_path / "feed", references=REFERENCES))
    operator.write(row())
    operator.load()
    return operator


def shown(operator: Operator) -> str:
    [listed] = operator.listed()
    return listed.school


def test_a_refresh_shows_the_names_of_the_register_once(operator: Operator) -> None:
    assert shown(operator) == "St Mary's"
    put(operator.storage, [school("100001", "St Mary’s Académie"), school("555555", "Nobody’s")])
    assert shown(operator) == "St Mary's"
    assert operator.refresh(TODAY).references == Changes(changed=1)
    assert shown(operator) == "St Mary’s Académie"
    assert not operator.refresh(TODAY).changed


def test_a_feed_has_the_names_of_the_register_and_is_known_by_its_own_schools(operator: Operator) -> None:
    put(operator.storage, [school("100001", "St Mary’s Académie"), school("555555", "Nobody’s")])
    outcome = operator.load()
    assert outcome.references.changed == 1
    assert not outcome.warnings
    assert shown(operator) == "St Mary’s Académie"
    assert not operator.load(complete=True).changed
    operator.write(row(), row(record_id="r2", school_urn="555555"))
    assert operator.load().refused_rows == 1


def test_a_feed_without_schools_has_the_names_of_the_register_too(operator: Operator) -> None:
    (operator.folder / "schools.csv").unlink()
    put(operator.storage, [school("100001", "St Mary’s Académie")])
    outcome = operator.load(complete=True)
    assert not [warning for warning in outcome.warnings if "schools.csv" in warning]
    assert shown(operator) == "St Mary’s Académie"


def test_a_school_that_the_register_does_not_have_is_called_as_the_feed_calls_it(operator: Operator) -> None:
    put(operator.storage, [school("555555", "Nobody’s")])
    write_file(operator.folder, "schools", [{"urn": "100001", "name": "Mary’s"}])
    operator.load()
    assert shown(operator) == "Mary’s"
