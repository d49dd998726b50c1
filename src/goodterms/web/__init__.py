"""The web pages: everything by hand and eye; each page uses one action or one query."""
