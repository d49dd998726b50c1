"""Proof: dossiers, and the state of the ledger they rest on."""
