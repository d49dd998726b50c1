"""The small model for what rules can't tell: how much it sounds like an offer, learnt from texts of our own."""
