"""The small model for what the lists can't tell: whether a reply asks for a way out, learnt from made-up replies."""
