"""Everything of an owner's in one file, putting it back elsewhere, and destroying it."""
