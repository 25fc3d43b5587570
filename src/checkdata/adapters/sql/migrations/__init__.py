"""Migrations, oldest first; alembic reads them from here (`checkdata.adapters.sql.migrating`)."""
