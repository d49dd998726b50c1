"""The API for programs: each call uses one action or one query, as the pages and the commands do."""
