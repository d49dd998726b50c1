"""What follows from what comes back, decided without a database."""
