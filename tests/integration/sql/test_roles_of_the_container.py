"""``ops/container/roles.sh``, by which the container of PostgreSQL makes the role of the service."""

import os
import subprocess
from pathlib import Path
from typing import Final

from tests.integration.postgresql import Server, program

SCRIPT: Final = Path(__file__).parents[3] / "ops/container/roles.sh"


def test_the_role_gets_its_password_and_no_argument_has_it(postgresql_server: Server, tmp_path: Path) -> None:
    (tmp_path / "service_password").write_text("it's a pass word\n")
    (psql := tmp_path / "psql").write_text(
        f'#!/bin/sh\necho "$@" >{tmp_path / "arguments"}\nexec {program("psql")} "$@"\n'
    )
    psql.chmod(0o700)
    variables = {
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
        "PGHOST": str(postgresql_server.folder),
        "POSTGRES_USER": "postgres",
        "POSTGRES_DB": "postgres",
    }
    script = SCRIPT.read_text().replace("/run/secrets", str(tmp_path))
    with postgresql_server.connection() as connection:
        subprocess.run(["/bin/sh", "-c", script], env=variables, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        found = connection.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'checkdata'").fetchone()
        connection.execute("DROP ROLE checkdata")
    assert found is not None
    assert found[0].startswith("SCRAM-SHA-256$")
    assert "pass" not in (tmp_path / "arguments").read_text()
