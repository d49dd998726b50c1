"""What is written into the ledger."""
