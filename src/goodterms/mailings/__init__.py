"""Updates set to be sent by the workers: when, how far, and whether the owner still wants it."""
