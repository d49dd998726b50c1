"""Updates through a list server: one post, carried to its members by the server."""
