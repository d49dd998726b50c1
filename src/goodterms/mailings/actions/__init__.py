"""What the owner asks of the workers, and what they do."""
