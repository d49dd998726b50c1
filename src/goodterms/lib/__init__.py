"""Small leaf modules that know nothing of Goodterms."""
