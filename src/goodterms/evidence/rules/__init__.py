"""The dossier's pure part: its form, its story, and the check that anybody can run on one file."""
