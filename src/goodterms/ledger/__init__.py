"""The append-only record of everything that bears on permission, and the standing it gives."""
