"""How alembic runs the migrations: on the connection and in the transaction that it was handed."""

from alembic import context

from checkdata.adapters.sql.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
