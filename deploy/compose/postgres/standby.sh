#!/bin/sh
# Copy the primary once, then follow it. PRIMARY is a connection string of libpq.
set -eu

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  pg_basebackup --dbname="$PRIMARY" --pgdata="$PGDATA" --write-recovery-conf --checkpoint=fast
  chmod 700 "$PGDATA"
fi
exec postgres "$@"
