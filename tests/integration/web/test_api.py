"""Programs of partners and bodies read what their users see, and nothing else (docs/api.md)."""

from datetime import timedelta
from hashlib import sha256
from typing import Final

import pytest
from attrs import evolve

from checkdata.domain.audit.events import AuditKind
from checkdata.domain.audit.receipts import FileKind
from checkdata.domain.audit.tracing import SightingKind
from checkdata.domain.listing.columns import columns_for
from checkdata.domain.people.organisations import Organisation
from checkdata.domain.values import EmailAddress, ParticipantId
from checkdata.entrypoints.web.api.endpoint import CHANGES, PARTICIPANTS
from tests.integration.web.programs import Program, another_agreement, downloaded, many, program_of
from tests.integration.web.world import ANN, BEA, BODY, CAT, NORTH, World, a_record, acting

OF_NORTH: Final = 4
"""How many participants Ann sees."""


@pytest.mark.parametrize(
    ("email", "organisation", "path"), [(ANN, NORTH, "/participants.csv"), (BEA, BODY, "/ects.csv")]
)
def test_a_program_reads_what_the_download_of_its_user_has_in_the_same_order_under_the_same_names(
    world: World, email: EmailAddress, organisation: Organisation, path: str
) -> None:
    program = program_of(world, email, organisation)
    page = program.read(PARTICIPANTS)
    names = [column.name for column in columns_for(organisation.role)]
    assert [list(row) for row in page["participants"]] == [["participant_id", *names]] * len(page["participants"])
    rows = [{name: row[name] for name in names} for row in page["participants"]]
    assert rows == downloaded(world, email, path)
    assert page["organisation"] == {"role": organisation.role.value, "id": organisation.id, "name": organisation.name}


@pytest.mark.parametrize(
    "words", ["status=training_or_eligible_for_training", "role=mentor", "query=zoe", "academic_year=2023&role=ect"]
)
def test_filters_and_searches_are_those_of_the_list(world: World, program: Program, words: str) -> None:
    names = [column.name for column in columns_for(NORTH.role)]
    rows = [{name: row[name] for name in names} for row in program.all_pages(f"{PARTICIPANTS}?{words}")]
    assert rows == downloaded(world, ANN, f"/participants.csv?{words}")


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ("status=nonsense", "status"),
        ("role=head", "role"),
        ("academic_year=soon", "academic_year"),
        ("lead_provider=lp-2", "lead_provider"),
        ("induction_type=x", "induction_type"),
        ("per_page=7", "per_page"),
        ("updated_since=yesterday", "updated_since"),
        ("updated_since=2099-01-01", "updated_since"),
        ("updated_since=0001-01-01", "updated_since"),
        ("updated_since=0001-01-01T00:00:00%2B14:00", "updated_since"),
        ("updated_since=~x.y", "updated_since"),
        ("cursor=x", "cursor"),
        ("cursor=x.y", "cursor"),
        ("sort=name&direction=ascending", "sort"),
        ("organisation=dp-south", "organisation"),
        (f"query={'x' * 300}", "query"),
    ],
)
def test_a_word_that_is_not_understood_is_400_and_named_and_nobody_is_shown(
    program: Program, words: str, field: str
) -> None:
    response = program.ask(f"{PARTICIPANTS}?{words}", 400)
    assert response.headers["content-type"] == "application/problem+json"
    told = response.json()
    assert told["status"] == 400
    assert field in told["errors"]
    assert "participants" not in told


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ("", "since"),
        ("since=soon", "since"),
        ("since=0001-01-01T00:00:00%2B14:00", "since"),
        ("since=2024-01-01&kind=x", "kind"),
    ],
)
def test_changes_need_a_day_and_a_kind_that_there_is(program: Program, words: str, field: str) -> None:
    assert list(program.ask(f"{CHANGES}?{words}", 400).json()["errors"]) == [field]


def test_pages_follow_each_other_without_a_gap_or_a_row_twice(world: World, program: Program) -> None:
    many(world, 45)
    rows = program.all_pages(f"{PARTICIPANTS}?per_page=20")
    ids = [row["participant_id"] for row in rows]
    assert len(ids) == len(set(ids)) == OF_NORTH + 45
    assert rows == program.all_pages(f"{PARTICIPANTS}?per_page=1000")


@pytest.mark.parametrize("words", ["per_page=20", "per_page=20&query=person"])
def test_all_pages_show_the_import_that_the_first_one_showed(world: World, program: Program, words: str) -> None:
    many(world, 45)
    whole = program.all_pages(f"{PARTICIPANTS}?{words}")
    first = program.read(f"{PARTICIPANTS}?{words}")
    world.pass_time(hours=1)
    world.load([a_record(999, "Aaron Person"), evolve(a_record(1040, "Abel Person"), updated_at=world.now)])
    rows = first["participants"] + program.all_pages(first["next"])
    assert rows == whole
    assert "Aaron Person" in [row["full_name"] for row in program.all_pages(f"{PARTICIPANTS}?{words}")]


def test_who_changed_is_told_after_an_import_and_nobody_twice(world: World, program: Program) -> None:
    many(world, 25)
    marker = program.read(f"{PARTICIPANTS}?per_page=20")["updated_since"]
    updated = program.read(f"{PARTICIPANTS}?updated_since={marker}")
    assert updated["only_updated"]
    assert updated["participants"] == []
    assert updated["updated_since"] == marker
    world.pass_time(hours=1)
    world.load([a_record(999, "Aaron Person"), evolve(a_record(1003, "Renamed Person"), updated_at=world.now)])
    updated = program.read(f"{PARTICIPANTS}?updated_since={marker}")
    assert [row["full_name"] for row in updated["participants"]] == ["Aaron Person", "Renamed Person"]
    assert updated["updated_since"] != marker


def test_everybody_who_changed_while_pages_are_read_is_told_the_next_time(world: World, program: Program) -> None:
    many(world, 45)
    first = program.read(f"{PARTICIPANTS}?per_page=20")
    kept = {row["participant_id"]: row for row in first["participants"]}
    world.pass_time(hours=1)
    changed = [
        evolve(a_record(1000 + place, f"Person {place:03}"), email="new@x.example", updated_at=world.now)
        for place in (2, 30)
    ]
    world.load([*changed, a_record(998, "Aaron Person")])
    kept |= {row["participant_id"]: row for row in program.all_pages(first["next"])}
    following = f"{PARTICIPANTS}?per_page=20&updated_since={first['updated_since']}"
    kept |= {row["participant_id"]: row for row in program.all_pages(following)}
    assert kept == {row["participant_id"]: row for row in program.all_pages(PARTICIPANTS)}


def test_a_moment_tells_at_least_who_changed_since(world: World, program: Program) -> None:
    world.pass_time(days=3)
    many(world, 2)
    for word, found in (
        (f"{world.now.date() - timedelta(days=1)}", 2),
        (f"{world.now.date()}", 2),
        (world.now.isoformat().replace("+", "%2B"), 2),
    ):
        page = program.read(f"{PARTICIPANTS}?updated_since={word}")
        assert page["only_updated"]
        assert len(page["participants"]) == found
    world.pass_time(days=2)
    assert program.read(f"{PARTICIPANTS}?updated_since={world.now.date()}")["participants"] == []


def test_all_are_told_again_once_an_agreement_lets_the_user_see_others(world: World, program: Program) -> None:
    marker = program.read(PARTICIPANTS)["updated_since"]
    services = world.services()
    services.manage_agreements.add(another_agreement(world))
    page = program.read(f"{PARTICIPANTS}?updated_since={marker}")
    assert not page["only_updated"]
    assert len(page["participants"]) >= OF_NORTH


def test_a_cursor_is_for_its_key_and_its_words(world: World, program: Program) -> None:
    many(world, 45)
    following = program.read(f"{PARTICIPANTS}?per_page=20&role=ect")["next"]
    cursor = following.partition("cursor=")[2]
    assert program.read(following)["participants"]
    for place in (
        f"{PARTICIPANTS}?per_page=20&cursor={cursor}",
        f"{PARTICIPANTS}?per_page=50&role=ect&cursor={cursor}",
        f"{PARTICIPANTS}?per_page=20&role=ect&updated_since=2024-01-01&cursor={cursor}",
        f"{CHANGES}?since=2024-01-01&per_page=20&role=ect&cursor={cursor}",
    ):
        assert "cursor" in program.ask(place, 400).json()["errors"]
    assert "cursor" in program_of(world, CAT).ask(following, 400).json()["errors"]
    services = world.services()
    services.manage_agreements.add(another_agreement(world))
    assert "Begin again" in program.ask(following, 400).json()["errors"]["cursor"]


def test_what_changed_is_what_the_page_of_changes_tells(world: World, program: Program) -> None:
    world.pass_time(days=3)
    many(world, 45)
    found = program.all_pages(f"{CHANGES}?since={world.now.date()}&per_page=20", "changes")
    names = list(downloaded(world, ANN, f"/changes.csv?since={world.now.date()}")[0])
    rows = [{name: row[name] for name in names} for row in found]
    assert rows == downloaded(world, ANN, f"/changes.csv?since={world.now.date()}")
    assert {row["kind"] for row in found} == {"new"}
    first = program.read(f"{CHANGES}?since={world.now.date()}&per_page=20")
    world.pass_time(hours=1)
    many(world, 46)
    assert "Begin again" in program.ask(first["next"], 409).json()["detail"]


def test_who_left_view_is_told_by_name_only(world: World, program: Program) -> None:
    since = world.now
    world.pass_time(days=1)
    left = program.read(PARTICIPANTS)["participants"][0]
    world.load([], complete=True)
    found = program.read(f"{CHANGES}?since={since.date()}&kind=left_view")["changes"]
    assert left["full_name"] in [row["full_name"] for row in found]
    assert all(not row["participant_id"] and not row["trn"] and not row["school"] for row in found)


def test_each_answer_with_rows_has_the_receipt_of_its_bytes(world: World, program: Program) -> None:
    for place in (f"{PARTICIPANTS}?per_page=20", f"{CHANGES}?since=2024-01-01", f"{PARTICIPANTS}?query=nobody"):
        body = program.ask(place).content
        with world.storage.reading() as work:
            found = work.receipts.of_file(sha256(body).hexdigest())
        told = [(each.kind, each.size, each.key_id, each.key_name) for each in found]
        assert told == ([] if "nobody" in place else [(FileKind.API, len(body), program.key_id, "Nightly")])


def test_an_answer_that_a_program_has_is_not_sent_again_nor_on_record(world: World, program: Program) -> None:
    first = program.ask(PARTICIPANTS)
    views = len(world.audit(AuditKind.LIST_VIEWED))
    for tag in (first.headers["etag"], f"W/{first.headers['etag']}", f'"x", {first.headers["etag"]}'):
        response = program.ask(PARTICIPANTS, 304, **{"If-None-Match": tag})
        assert not response.content
        assert response.headers["etag"] == first.headers["etag"]
    assert len(world.audit(AuditKind.LIST_VIEWED)) == views
    many(world, 1)
    assert (
        program.ask(PARTICIPANTS, 200, **{"If-None-Match": first.headers["etag"]}).headers["etag"]
        != first.headers["etag"]
    )


def test_a_view_by_a_program_is_on_record_as_its_users_and_tells_who_was_seen(world: World, program: Program) -> None:
    seen = program.read(f"{PARTICIPANTS}?role=ect&query=a")["participants"][0]
    event = world.audit(AuditKind.LIST_VIEWED)[-1]
    assert (event.actor, event.organisation_id) == (acting(world, ANN, NORTH).user_id, NORTH.id)
    told = {name: event.details[name] for name in ("key", "role", "searched", "rows")}
    assert told["key"] == program.key_id
    assert told["role"] == "ect"
    assert told["searched"] is True
    found = world.services().trace.seen(ParticipantId(seen["participant_id"]))
    assert [(each.actor, each.how) for each in found.certainly] == [(event.actor, SightingKind.BY_KEY)]
    assert found.possibly == []
    program.read(f"{CHANGES}?since=2024-01-01")
    assert world.audit(AuditKind.CHANGES_VIEWED)[-1].details["key"] == program.key_id


def test_head_answers_as_get_does_and_is_on_record_because_length_and_tag_tell_what_is_there(
    world: World, program: Program
) -> None:
    expected = program.ask(PARTICIPANTS).headers["etag"]
    before = len(world.audit(AuditKind.LIST_VIEWED))
    response = program.client.http.head(PARTICIPANTS, headers={"Authorization": f"Bearer {program.secret}"})
    assert (response.status_code, response.headers["etag"], response.content) == (200, expected, b"")
    assert len(world.audit(AuditKind.LIST_VIEWED)) == before + 1
