#!/bin/sh
# Makes the role that the service uses; `checkdata migrate` gives it its rights. Run by the image of PostgreSQL, once.
set -eu
psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" \
  --set=password="$(cat /run/secrets/service_password)" <<'SQL'
CREATE ROLE checkdata LOGIN PASSWORD :'password';
SQL
