"""The one decision: may this person get this, and why."""
