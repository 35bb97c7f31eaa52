-- The role of the standby.
CREATE ROLE replicator REPLICATION LOGIN PASSWORD 'replicator';
