"""Who the network belongs to and who may sign in."""
