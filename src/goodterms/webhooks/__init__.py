"""Telling other programs what the ledger has got."""
