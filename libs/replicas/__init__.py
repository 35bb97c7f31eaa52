"""Reads from replicas of the database: PostgreSQL standbys that follow the primary by streaming replication.

Everything uses the primary, except the actions that declare `replica=True` (libs.api.operations). These read from a
replica that lags at most DATABASE_REPLICA_MAX_LAG seconds, unless their reader is pinned to the primary.
"""
