"""What was found in a draft, before anybody gets it."""
