"""The workers: one process on SQLite, any number of processes and machines on PostgreSQL."""
