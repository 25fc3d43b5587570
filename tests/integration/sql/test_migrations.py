from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from attrs import evolve
from sqlalchemy import Engine, inspect
from sqlalchemy.exc import DatabaseError

from checkdata.adapters.sql import SqlStorage, migrate, migrate_down
from checkdata.adapters.sql import migrations as folder
from checkdata.adapters.sql.generation_schema import generation
from checkdata.adapters.sql.generations import schema_of
from checkdata.adapters.sql.schema import REVISION, metadata
from checkdata.domain.access.proposals import NewAddress
from checkdata.domain.access.scope import Scope
from checkdata.domain.errors import NotMigrated, StorageConflict
from checkdata.domain.listing.as_of import Import
from checkdata.domain.listing.queries import ParticipantQuery
from checkdata.domain.nominations.nominee import Nominee
from checkdata.domain.people.agreement_history import BEFORE_HISTORY, AgreementVersion
from checkdata.domain.people.school_register import RegisteredSchool, Succession
from checkdata.domain.people.users import LapseReason, LapseWarning, SecondAddress
from checkdata.domain.services.feed.import_feed import ImportFeed
from checkdata.domain.sign_in.sessions import LinkPurpose, SignInCode
from checkdata.domain.training.facts import ParticipantRole
from checkdata.domain.training.teacher_answers import TeacherAnswer, TeacherMessage, TeacherStanding, asked_for
from checkdata.domain.values import EmailAddress, ImportId
from checkdata.testing._suites.people import ADA, BEA, a_grant, an_agreement
from tests.contracts.examples import REFERENCES, a_link, a_session, put, with_people
from tests.contracts.listings import a_record, load, with_listings
from tests.contracts.nominations import CAT, FULL, a_nomination, a_step
from tests.contracts.operators import EVERY_LEAD_PROVIDER, NORTH
from tests.contracts.test_api_keys import REVOCATION, a_key
from tests.contracts.test_bound_accounts import ACCOUNT
from tests.contracts.test_proposals import a_proposal
from tests.contracts.test_recalls import FILES, RECALL, recalled
from tests.contracts.units_of_work import read, read_store, write
from tests.feeds import TEACHER
from tests.integration.sql.generations import generations
from tests.strategies import NOON, TODAY, day

WHOLE = ParticipantQuery(scope=Scope(organisation=NORTH, rules=EVERY_LEAD_PROVIDER))
SCRIPTS = list(ScriptDirectory(folder.__path__[0]).walk_revisions())
OLDEST_FIRST = [script.revision for script in SCRIPTS][::-1]
BEFORE_OTHER_CHANGES = {"0006", "0017", "0019"}
"""The revisions after which only tables of generations change, or only PostgreSQL does."""


def differences(engine: Engine) -> object:
    def is_for_this_database(item: object, *_: object) -> bool:
        only = getattr(item, "_ddl_if", None)  # Alembic does not ask
        return only is None or only.dialect == engine.dialect.name

    with engine.connect() as connection:
        options = {"include_object": is_for_this_database}
        return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_the_newest_migration_is_the_one_that_a_storage_asks_for() -> None:
    assert OLDEST_FIRST[-1] == REVISION


def test_the_migrations_make_the_tables_that_are_declared(engine: Engine) -> None:
    assert differences(engine) == []
    assert tables(engine) == set(metadata.tables)


def test_every_migration_can_be_undone_and_done_again(empty_engine: Engine) -> None:
    migrate(empty_engine)
    for revision in ["base", *OLDEST_FIRST[:-1]]:
        migrate_down(empty_engine, revision)
        assert differences(empty_engine) != [] or revision in BEFORE_OTHER_CHANGES
        migrate(empty_engine)
        assert differences(empty_engine) == []


def test_counts_of_earlier_days_begin_again_after_a_step_back_and_listings_stay(
    storage: SqlStorage, engine: Engine
) -> None:
    with_listings(storage)
    rows = read(storage, lambda work: work.participants.count(WHOLE))
    assert read(storage, lambda work: work.counts.of_past_days(WHOLE.scope, 2022, ParticipantRole.ECT))
    migrate_down(engine, "0009")
    migrate(engine)
    again = SqlStorage(engine)
    assert read(again, lambda work: work.counts.of_past_days(WHOLE.scope, 2022, ParticipantRole.ECT)) == []
    assert read(again, lambda work: work.participants.count(WHOLE)) == rows


def test_nominations_outlast_a_step_back_and_the_proposals_of_a_newer_version_do_not(
    storage: SqlStorage, engine: Engine
) -> None:
    with_people(storage)
    write(storage, lambda work: work.nominations.add(FULL))
    write(storage, lambda work: work.proposals.add(a_proposal()))
    migrate_down(engine, "0001")
    migrate(engine)
    again = SqlStorage(engine)
    kept = read(again, lambda work: work.nominations.get(FULL.id))
    assert kept == evolve(FULL, nominee=evolve(FULL.nominee, old_email=None))
    assert list(read(again, lambda work: work.proposals.undecided())) == []


def test_api_keys_end_with_a_step_back_and_their_users_stay(storage: SqlStorage, engine: Engine) -> None:
    with_people(storage)
    with storage.writing() as work:
        work.api_keys.add(a_key())
        work.api_keys.give_secret("k1", "digest", NOON)
        work.api_keys.revoke("k1", REVOCATION)
        work.commit()
    migrate_down(engine, "0018")
    migrate(engine)
    again = SqlStorage(engine)
    assert list(read(again, lambda work: work.api_keys.all())) == []
    assert read(again, lambda work: work.users.get(ADA.id)) == ADA
    write(again, lambda work: work.api_keys.add(a_key()))


def test_a_step_back_forgets_codes_and_accounts_and_keeps_links_and_users(storage: SqlStorage, engine: Engine) -> None:
    with_people(storage)
    code = SignInCode(asked_as="here", digest="code", expires_at=NOON)
    write(storage, lambda work: work.sign_ins.add_link(a_link(code=code)))
    write(storage, lambda work: work.bound_accounts.bind(ACCOUNT))
    migrate_down(engine, "0020")
    migrate(engine)
    assert read(SqlStorage(engine), lambda work: work.sign_ins.link("l1")) == a_link()
    write(SqlStorage(engine), lambda work: work.bound_accounts.bind(ACCOUNT))


def test_recalled_files_outlast_a_step_back_and_copies_that_only_a_newer_version_tells_of_do_not(
    storage: SqlStorage, engine: Engine
) -> None:
    recalled(storage)
    migrate_down(engine, "0021")
    migrate(engine)
    kept = read(SqlStorage(engine), lambda work: work.recalls.files_of(RECALL.id))
    assert kept == [file for file in FILES if not file.key_id]


def test_a_step_back_forgets_the_register_and_keeps_the_names_that_it_gave(storage: SqlStorage, engine: Engine) -> None:
    load(storage, a_record())
    school = RegisteredSchool(urn="100001", name="St Mary’s Académie")
    put = partial(write, change=lambda work: work.school_register.put([school], [Succession("100001", "100001")]))
    put(storage)
    ImportFeed(storage=storage, clock=lambda: NOON).refresh(today=TODAY)
    migrate_down(engine, "0022")
    migrate(engine)
    again = SqlStorage(engine)
    assert read(again, lambda work: work.school_register.names()) == {}
    assert read(again, lambda work: [row.school for row in work.participants.rows(WHOLE)]) == [school.name]
    put(again)


def test_a_corrected_name_stays_when_its_record_is_undone(engine: Engine) -> None:
    storage = SqlStorage(engine)
    with_people(storage)
    step = a_step(former_name="Cat “100%” Ní Łuasaigh")
    write(storage, lambda work: work.nominations.add(a_nomination()))
    corrected = evolve(a_nomination(), nominee=Nominee(email=CAT, name="Kat"), steps=(*a_nomination().steps, step))
    write(storage, lambda work: work.nominations.replace(corrected))
    migrate_down(engine, "0004")
    migrate(engine)
    kept = read(SqlStorage(engine), lambda work: work.nominations.get(corrected.id))
    assert kept == evolve(corrected, steps=(*corrected.steps[:-1], evolve(step, former_name="")))


def test_access_of_which_a_warning_is_undone_is_kept_and_not_warned_of(engine: Engine) -> None:
    storage = SqlStorage(engine)
    with_people(storage)
    warning = LapseWarning(reason=LapseReason.UNUSED, told_on=day(8), ends_on=day(9))
    write(storage, lambda work: work.users.add_grant(a_grant(warning=warning)))
    migrate_down(engine, "0005")
    migrate(engine)
    assert list(read(SqlStorage(engine), lambda work: work.users.grants_of(ADA.id))) == [a_grant()]


def test_the_generation_before_the_first_import_is_made_as_all_others_are(postgresql_storage: SqlStorage) -> None:
    engine = postgresql_storage.engine
    with_listings(postgresql_storage)
    empty, made = (schema_of("public", number) for number in (0, 1))
    assert shapes(engine, empty) == shapes(engine, made)
    assert set(shapes(engine, empty)) == set(generation.tables)


def shapes(engine: Engine, schema: str) -> dict[str, object]:
    """The columns, keys and indexes of the tables of a schema."""
    found = inspect(engine)
    return {
        table: (
            [(column["name"], str(column["type"]), column["nullable"]) for column in found.get_columns(table, schema)],
            found.get_pk_constraint(table, schema)["constrained_columns"],
            sorted((index["name"], index["column_names"]) for index in found.get_indexes(table, schema)),
        )
        for table in found.get_table_names(schema)
    }


def test_undoing_all_leaves_no_table_of_any_import(storage: SqlStorage, engine: Engine) -> None:
    with_listings(storage)
    migrate_down(engine, "base")
    assert tables(engine) == set()
    assert engine.dialect.name == "sqlite" or generations(engine) == set()


def test_what_is_imported_after_all_was_undone_is_shown_and_nothing_of_before(engine: Engine) -> None:
    with_listings(SqlStorage(engine))
    migrate_down(engine, "base")
    migrate(engine)
    again = SqlStorage(engine)
    assert rows_in(again) == []
    load(again, a_record())
    assert rows_in(again) == ["p0"]


def rows_in(storage: SqlStorage) -> list[str]:
    return [row.participant_id for row in read(storage, lambda work: list(work.participants.rows(WHOLE)))]


@pytest.mark.parametrize("revision", OLDEST_FIRST[:-1])
def test_what_was_imported_is_shown_and_imported_again_after_a_migration_was_undone_and_done_again(
    engine: Engine, revision: str
) -> None:
    load(SqlStorage(engine), a_record(1))
    migrate_down(engine, revision)
    migrate(engine)
    again = SqlStorage(engine)
    assert rows_in(again) == ["p1"]
    load(again, a_record(1), a_record(2))
    assert rows_in(again) == ["p1", "p2"]


@pytest.mark.parametrize(
    ("from_revision", "to_revision", "obstacle", "without"),
    [
        ("0006", "head", "CREATE TABLE recalls (id integer)", "DROP TABLE recalls"),
        (
            "head",
            "0005",
            "ALTER TABLE grants RENAME COLUMN lapses_on TO renamed",
            "ALTER TABLE grants RENAME COLUMN renamed TO lapses_on",
        ),
    ],
    ids=["forward", "back"],
)
def test_a_migration_that_failed_after_it_changed_generations_can_be_done_again(
    engine: Engine, from_revision: str, to_revision: str, obstacle: str, without: str
) -> None:
    load(SqlStorage(engine), a_record(1))
    go_to(engine, from_revision)
    run(engine, obstacle)
    with pytest.raises((DatabaseError, NotMigrated)):
        go_to(engine, to_revision)
    run(engine, without)
    go_to(engine, to_revision)
    migrate(engine)
    again = SqlStorage(engine)
    load(again, a_record(1), a_record(2))
    assert rows_in(again) == ["p1", "p2"]


def go_to(engine: Engine, revision: str) -> None:
    if revision == "head":
        migrate(engine)
    else:
        migrate_down(engine, revision)


def run(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)


def test_migrating_twice_changes_nothing(engine: Engine) -> None:
    migrate(engine)
    assert differences(engine) == []


def test_of_several_who_migrate_at_once_each_ends_well(empty_engine: Engine) -> None:
    with ThreadPoolExecutor(4) as operators:
        list(operators.map(lambda _: migrate(empty_engine), range(4)))
    assert differences(empty_engine) == []


def test_migrating_prints_nothing(empty_engine: Engine, capfd: pytest.CaptureFixture[str]) -> None:
    migrate(empty_engine)
    migrate_down(empty_engine, "base")
    assert capfd.readouterr() == ("", "")


def test_an_agreement_that_is_older_than_its_history_is_known_from_the_beginning(
    storage: SqlStorage, engine: Engine
) -> None:
    agreement = an_agreement(ended_on=NOON.date())
    put(storage, evolve(REFERENCES, agreements=[an_agreement()]))
    write(storage, lambda work: work.organisations.end_agreement(agreement.id, NOON.date()))
    migrate_down(engine, "0002")
    migrate(engine)
    versions = read(SqlStorage(engine), lambda work: work.agreement_history.newest())
    assert versions == [AgreementVersion(agreement=agreement, recorded_at=BEFORE_HISTORY)]


@pytest.mark.parametrize("revision", ["base", *OLDEST_FIRST[:-1]])
def test_a_database_of_another_version_is_told_from_one_that_is_ready(engine: Engine, revision: str) -> None:
    migrate_down(engine, revision)
    storage = SqlStorage(engine)
    for kind in (storage.reading, storage.writing):
        with pytest.raises(NotMigrated, match="run checkdata migrate"):
            kind()
    migrate(engine)
    with storage.reading() as work:
        assert work.participants.as_of() is None


def test_every_migration_says_what_its_way_back_loses() -> None:
    silent = [script.revision for script in SCRIPTS if not isinstance(getattr(script.module, "loses", None), str)]
    assert silent == []


def note_a_later_version(engine: Engine, serves_from: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9998'")
        connection.exec_driver_sql(f"UPDATE meta SET value = '{serves_from}' WHERE name = 'serves_from'")  # noqa: S608


def test_this_version_serves_on_tables_of_a_later_one_that_lets_it_and_loads_no_feed(engine: Engine) -> None:
    note_a_later_version(engine, REVISION)
    storage = SqlStorage(engine)
    with storage.reading() as work:
        assert work.participants.as_of() is None
    with storage.writing() as work, pytest.raises(NotMigrated):
        _ = work.feed_store


def test_this_version_does_not_serve_on_tables_of_a_later_one_that_does_not_let_it(engine: Engine) -> None:
    note_a_later_version(engine, "9997")
    with pytest.raises(NotMigrated):
        SqlStorage(engine).reading()


def test_a_step_back_lets_the_code_of_that_revision_serve(engine: Engine) -> None:
    earlier = OLDEST_FIRST[-2]
    migrate_down(engine, earlier)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT value FROM meta WHERE name = 'serves_from'").scalar_one() <= earlier


def test_an_empty_database_is_not_ready(empty_engine: Engine) -> None:
    with pytest.raises(NotMigrated, match="run checkdata migrate"):
        SqlStorage(empty_engine).reading()


def test_a_step_back_forgets_second_addresses_and_what_waits_for_one_and_no_user(engine: Engine) -> None:
    storage = SqlStorage(engine)
    with_people(storage)
    second = SecondAddress(email=EmailAddress("ada@trust.example"), confirmed_at=NOON)
    change = a_proposal().change
    assert isinstance(change, NewAddress)
    waiting = a_nomination("n2", nominee=evolve(FULL.nominee, is_second=True))
    by_second = evolve(a_link("l2"), purpose=LinkPurpose.SIGN_IN_AT_SECOND)
    write(storage, lambda work: work.users.replace(evolve(ADA, second=second)))
    write(storage, lambda work: work.sign_ins.add_link(a_link()))
    write(storage, lambda work: work.sign_ins.add_link(by_second))
    write(storage, lambda work: work.sign_ins.add_session(a_session("s2", at_second=True)))
    write(storage, lambda work: work.proposals.add(a_proposal(change=evolve(change, is_second=True))))
    write(storage, lambda work: work.nominations.add(waiting))
    migrate_down(engine, "0014")
    migrate(engine)
    again = SqlStorage(engine)
    with again.reading() as work:
        assert work.users.get(ADA.id) == work.users.with_email(ADA.email) == ADA
        assert work.users.at_mailbox(ADA.email) == [ADA]
        assert (work.sign_ins.link("l1"), work.sign_ins.link("l2")) == (a_link(), None)
        assert work.sign_ins.session("s2") is None
        assert work.proposals.undecided() == []
        assert work.nominations.open() == []
    with pytest.raises(StorageConflict):
        write(again, lambda work: work.users.replace(evolve(BEA, second=SecondAddress(email=ADA.email))))


def test_a_step_back_forgets_what_was_answered_of_trns_and_keeps_the_teachers(
    storage: SqlStorage, engine: Engine
) -> None:
    with storage.writing() as work:
        work.teacher_checks.keep([TeacherAnswer(asked=asked_for(TEACHER), standing=TeacherStanding.UNKNOWN)], NOON)
        work.teacher_checks.hear(TeacherMessage(signed="s", trn=TEACHER.trn, at=NOON))
        work.feed_store.take_in_teacher_records([evolve(TEACHER, merged_into="7654321")])
        work.feed_store.show(Import(id=ImportId("i1"), at=NOON, today=NOON.date(), made_at=NOON))
        work.commit()
    migrate_down(engine, "0024")
    migrate(engine)
    again = SqlStorage(engine)
    assert read_store(again, lambda store: store.teacher_record(TEACHER.trn)) == TEACHER
    assert read(again, lambda work: work.teacher_checks.waiting()) == []
    assert write(again, lambda work: work.teacher_checks.hear(TeacherMessage(signed="s", trn=None, at=NOON)))
