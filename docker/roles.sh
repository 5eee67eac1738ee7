#!/bin/sh
# Runs once, when the volume of the database is new: the roles and the database of
# kam/servers/postgres.py. The owner runs migrations; the application reads and writes rows; backups
# read everything; kam_readonly reads what migrate grants it, and signs in only with a password.
set -eu

psql -v ON_ERROR_STOP=1 --no-psqlrc --dbname postgres --username "$POSTGRES_USER" \
  -v owner_password="$KAM_OWNER_PASSWORD" -v app_password="$KAM_APP_PASSWORD" \
  -v backup_password="$KAM_BACKUP_PASSWORD" <<'SQL'
CREATE ROLE kam_owner LOGIN CREATEDB PASSWORD :'owner_password';
CREATE ROLE kam_app LOGIN PASSWORD :'app_password';
CREATE ROLE kam_backup LOGIN PASSWORD :'backup_password';
CREATE ROLE kam_readonly NOLOGIN;
GRANT kam_app TO kam_owner;
GRANT pg_read_all_data TO kam_backup;
ALTER ROLE kam_backup SET default_transaction_read_only = on;
ALTER ROLE kam_readonly SET default_transaction_read_only = on;
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

if [ -n "${KAM_READONLY_PASSWORD:-}" ]; then
  psql -v ON_ERROR_STOP=1 --no-psqlrc --dbname postgres --username "$POSTGRES_USER" \
    -v readonly_password="$KAM_READONLY_PASSWORD" <<'SQL'
ALTER ROLE kam_readonly LOGIN PASSWORD :'readonly_password';
SQL
fi
