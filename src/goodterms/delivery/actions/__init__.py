"""Planning, sending and settling copies."""
