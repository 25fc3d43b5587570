import sqlalchemy


def test_every_test_gets_an_empty_database(database_url: str) -> None:
    engine = sqlalchemy.create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE school (urn INTEGER)"))
    with engine.connect() as connection:
        assert connection.execute(sqlalchemy.text("SELECT count(*) FROM school")).scalar_one() == 0
    engine.dispose()


def test_another_test_gets_another_database(database_url: str) -> None:
    engine = sqlalchemy.create_engine(database_url)
    assert sqlalchemy.inspect(engine).get_table_names() == []
    engine.dispose()


def test_postgresql_orders_text_as_english_unless_told_otherwise(postgresql_url: str) -> None:
    engine = sqlalchemy.create_engine(postgresql_url)
    with engine.connect() as connection:
        by_default = connection.execute(sqlalchemy.text("SELECT 'a' < 'B'")).scalar_one()
        by_code_point = connection.execute(sqlalchemy.text("SELECT 'a' < 'B' COLLATE \"C\"")).scalar_one()
    assert (by_default, by_code_point) == (True, False)
    engine.dispose()
