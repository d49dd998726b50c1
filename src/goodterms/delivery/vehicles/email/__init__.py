"""Personal e-mail through the owner's mail server."""
