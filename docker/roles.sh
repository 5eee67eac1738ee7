#!/bin/sh
# Runs once, when the volume of the database is new: the two roles and the database of
# kam/servers/postgres.py. The owner runs migrations; the application reads and writes rows.
set -eu

psql -v ON_ERROR_STOP=1 --no-psqlrc --dbname postgres --username "$POSTGRES_USER" \
  -v owner_password="$KAM_OWNER_PASSWORD" -v app_password="$KAM_APP_PASSWORD" <<'SQL'
CREATE ROLE kam_owner LOGIN CREATEDB PASSWORD :'owner_password';
CREATE ROLE kam_app LOGIN PASSWORD :'app_password';
GRANT kam_app TO kam_owner;
CREATE DATABASE kam OWNER kam_owner;
GRANT CREATE ON DATABASE kam TO kam_app;
\connect kam
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS unaccent;
ALTER DEFAULT PRIVILEGES FOR ROLE kam_owner
  GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON TABLES TO kam_app;
ALTER DEFAULT PRIVILEGES FOR ROLE kam_owner
  GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO kam_app;
SQL
