"""One reader a source: archives, tables and the rows in them."""
