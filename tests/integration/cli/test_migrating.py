"""``checkdata migrate``: what a way back loses is said before it is lost."""

from checkdata.adapters.sql.schema import REVISION
from tests.integration.cli.command import Command
from tests.storages import opened

EARLIER = "0015"
"""Notices came with the revision after it."""


def tables_of(command: Command) -> str:
    with opened(command.owners_url) as engine, engine.connect() as connection:
        return str(connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one())


def test_a_way_back_says_what_is_lost_and_does_nothing_until_it_is_told_yes(checkdata: Command) -> None:
    said = checkdata.done("migrate", "--to", EARLIER, code=2)
    assert "0016: All notices" in said.out
    assert "0017: nothing is lost." in said.out
    assert f"{EARLIER}:" not in said.out
    assert "add --yes" in said.err
    assert tables_of(checkdata) == REVISION


def test_a_way_back_that_is_told_yes_is_made_and_the_way_forward_leads_here_again(checkdata: Command) -> None:
    checkdata.done("migrate", "--to", EARLIER, "--yes")
    assert tables_of(checkdata) == EARLIER
    assert "broken  migrations" in checkdata.done("doctor", code=3).out
    assert "already" in checkdata.done("migrate", "--to", EARLIER).out
    checkdata.done("migrate")
    assert tables_of(checkdata) == REVISION
    checkdata.done("doctor", code=1)


def test_only_a_revision_that_lies_back_is_one_to_go_back_to(checkdata: Command) -> None:
    assert "There is no revision 0815" in checkdata.done("migrate", "--to", "0815", "--yes", code=2).err
    checkdata.done("migrate", "--to", EARLIER, "--yes")
    assert "without --to" in checkdata.done("migrate", "--to", REVISION, "--yes", code=2).err


def test_tables_of_a_later_version_are_left_as_they_are(checkdata: Command) -> None:
    with opened(checkdata.owners_url) as engine, engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert "The tables are of revision 9999" in checkdata.done("migrate", code=2).err
    assert "look    migrations" in checkdata.done("doctor", code=1).out
    told = checkdata.done("migrate", "--to", EARLIER, "--yes", code=2).err
    assert "The tables are of revision 9999" in told
    assert "Only the later version knows the way back" in told


def test_from_no_tables_no_way_leads_back(unmigrated: Command) -> None:
    assert "without --to" in unmigrated.done("migrate", "--to", EARLIER, "--yes", code=2).err
