"""The ledger's pure part: the kinds of entries, what they cover, and the standing they add up to."""
