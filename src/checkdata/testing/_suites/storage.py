"""What every storage must do, and its units of work."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Final

import pytest
from attrs import evolve

from checkdata.domain.errors import StorageConflict
from checkdata.domain.people.users import User
from checkdata.domain.ports import Storage, UnitOfWork
from checkdata.domain.values import EmailAddress, UserId
from checkdata.testing._suites.people import ADA, BEA, SUPPORT, a_grant, add_users, read, write

OVERTAKES_WITHIN_SECONDS: Final = 0.2
"""How long a unit of work may take that should have waited; one that does wait passes, however long this is."""


class StorageContract:
    """Holds a `checkdata.ports.Storage` to its contract; the fixture ``storage`` gives one with no user in it.

    Of its units of work it asks for ``users`` with ``get``, ``add``, ``replace``, ``add_grant``, ``grants_of`` and
    ``hold``. Override `write` and `seen` to hold the other repositories to the same laws.
    """

    def write(self, work: UnitOfWork) -> None:
        """Write what the laws look for."""
        work.users.add(ADA)

    def seen(self, work: UnitOfWork) -> Sequence[bool]:
        """Whether each thing that `write` writes is to be seen."""
        return [work.users.get(ADA.id) is not None]

    def test_what_is_committed_is_seen_by_others_whole(self, storage: Storage) -> None:
        write(storage, self.write)
        assert all(read(storage, self.seen))

    def test_leaving_without_a_commit_undoes_everything(self, storage: Storage) -> None:
        with storage.writing() as work:
            self.write(work)
        assert not any(read(storage, self.seen))

    def test_leaving_by_an_error_undoes_everything_and_lets_the_error_through(self, storage: Storage) -> None:
        with pytest.raises(ZeroDivisionError):
            self._fail(storage, after_commit=False)
        assert not any(read(storage, self.seen))

    def test_an_error_after_the_commit_undoes_nothing(self, storage: Storage) -> None:
        with pytest.raises(ZeroDivisionError):
            self._fail(storage, after_commit=True)
        assert all(read(storage, self.seen))

    def _fail(self, storage: Storage, *, after_commit: bool) -> None:
        with storage.writing() as work:
            self.write(work)
            if after_commit:
                work.commit()
            raise ZeroDivisionError

    def test_a_unit_of_work_sees_what_it_wrote_before_it_commits(self, storage: Storage) -> None:
        with storage.writing() as work:
            self.write(work)
            assert all(self.seen(work))

    def test_no_other_unit_of_work_sees_what_is_not_committed(self, storage: Storage) -> None:
        with storage.writing() as work:
            self.write(work)
            assert not any(read(storage, self.seen))
            work.commit()
            assert all(read(storage, self.seen))

    def test_a_reader_sees_one_state_throughout_whatever_is_committed_meanwhile(self, storage: Storage) -> None:
        with storage.reading() as reader:
            before = self.seen(reader)
            write(storage, self.write)
            assert self.seen(reader) == before
        assert all(read(storage, self.seen))

    def test_a_reader_does_not_wait_for_a_writer_nor_a_writer_for_a_reader(self, storage: Storage) -> None:
        with storage.reading() as reader, storage.writing() as writer:
            assert not any(self.seen(reader))
            self.write(writer)
            assert not any(read(storage, self.seen))
            writer.commit()

    def test_the_next_reader_sees_what_was_committed_last(self, storage: Storage) -> None:
        add_users(storage, ADA)
        assert read(storage, lambda work: work.users.get(ADA.id)) == ADA
        write(storage, lambda work: work.users.replace(evolve(ADA, name="New")))
        assert read(storage, lambda work: work.users.get(ADA.id)) == evolve(ADA, name="New")

    def test_a_unit_of_work_that_reads_refuses_to_write(self, storage: Storage) -> None:
        with storage.reading() as reader, pytest.raises(RuntimeError):
            self.write(reader)
        assert not any(read(storage, self.seen))

    def test_a_commit_without_a_write_is_no_error(self, storage: Storage) -> None:
        for unit in (storage.reading(), storage.writing()):
            with unit as work:
                assert work.users.get(ADA.id) is None
                work.commit()

    def test_what_was_written_before_a_conflict_can_still_be_committed(self, storage: Storage) -> None:
        add_users(storage, ADA)
        with storage.writing() as work:
            work.users.add_grant(a_grant("g1", SUPPORT))
            with pytest.raises(StorageConflict):
                work.users.add_grant(a_grant("g2", SUPPORT))
            work.users.replace(evolve(ADA, name="Ada"))
            work.commit()
        assert [grant.id for grant in read(storage, lambda work: work.users.grants_of(ADA.id))] == ["g1"]
        assert read(storage, lambda work: work.users.get(ADA.id)) == evolve(ADA, name="Ada")

    def test_writers_at_the_same_time_lose_nothing(self, storage: Storage) -> None:
        added = [
            User(id=UserId(f"u{number}"), email=EmailAddress.of(f"u{number}@x.example"), name="U")
            for number in range(40)
        ]
        with ThreadPoolExecutor(8) as writers:
            list(writers.map(lambda user: add_users(storage, user), added))
        assert read(storage, lambda work: [work.users.get(user.id) for user in added]) == added

    def test_who_holds_a_user_reads_what_the_holder_before_committed(self, storage: Storage) -> None:
        add_users(storage, ADA, BEA)
        with ThreadPoolExecutor(1) as another:
            with storage.writing() as work:
                work.users.hold(ADA.id, BEA.id)
                held = work.users.get(ADA.id)
                assert held is not None
                second = another.submit(self._add_to_the_name, storage)
                wait([second], OVERTAKES_WITHIN_SECONDS)
                work.users.replace(evolve(held, name=f"{held.name} first"))
                work.commit()
            second.result()
        found = read(storage, lambda work: work.users.get(ADA.id))
        assert found == evolve(ADA, name=f"{ADA.name} first second")

    def _add_to_the_name(self, storage: Storage) -> None:
        with storage.writing() as work:
            work.users.hold(ADA.id)
            held = work.users.get(ADA.id)
            assert held is not None
            work.users.replace(evolve(held, name=f"{held.name} second"))
            work.commit()

    def test_a_question_at_once_sees_what_was_committed_last(self, storage: Storage) -> None:
        add_users(storage, ADA)
        with storage.at_once() as work:
            assert work.users.get(ADA.id) == ADA
