"""Those who watch are told of each connection that is taken from the pool and given back."""

from checkdata.adapters.sql import PAGES, PROBES, open_engine, tell_pool


def test_each_connection_that_is_taken_or_given_back_is_told(migrated_url: str) -> None:
    told: list[tuple[int, int]] = []
    engine = open_engine(migrated_url, PAGES)
    tell_pool(engine, lambda in_use, most: told.append((in_use, most)))
    with engine.connect(), engine.connect():
        assert told[-1] == (2, 18)
    assert [in_use for in_use, _ in told] == [0, 1, 2, 1, 0]
    engine.dispose()


def test_of_connections_that_are_not_kept_nothing_is_told(migrated_url: str) -> None:
    told: list[int] = []
    engine = open_engine(migrated_url, PROBES)
    tell_pool(engine, lambda in_use, _: told.append(in_use))
    with engine.connect():
        assert not told
