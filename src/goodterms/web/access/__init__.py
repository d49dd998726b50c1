"""Who is at the door, and for which owner they may do what."""
