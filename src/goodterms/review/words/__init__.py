"""Words by which drafts are judged, a file for each language."""
