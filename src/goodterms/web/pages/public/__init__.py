"""The pages that people open by their own signed link, without signing in."""
