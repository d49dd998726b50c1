"""Where things stand, and what is due."""
