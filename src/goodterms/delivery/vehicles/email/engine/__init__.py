"""A client of mail servers that does not wait for an answer where the server does not ask it to."""
