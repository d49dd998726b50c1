"""PostgreSQL as Django knows it, with the owner first in every key."""
