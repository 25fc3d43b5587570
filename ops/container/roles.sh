#!/bin/sh
# Makes the role that the service uses; `checkdata migrate` gives it its rights. Run by the image of PostgreSQL, once.
set -eu
password=$(cat /run/secrets/service_password)
# Not as an argument, which other users of the machine see.
password="$password" psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" <<'SQL'
\getenv password password
CREATE ROLE checkdata LOGIN PASSWORD :'password';
SQL
