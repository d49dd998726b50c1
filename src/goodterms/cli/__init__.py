"""The command line: each command uses one action or one query."""
