"""Taking a way out, and making it last."""
