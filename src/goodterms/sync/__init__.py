"""Reading LinkedIn's data exports again and again."""
