"""How copies travel: one folder a vehicle."""
