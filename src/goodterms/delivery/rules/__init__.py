"""The pure part of carrying: what a mail server's reply means, when to try again, and what the journal says."""
