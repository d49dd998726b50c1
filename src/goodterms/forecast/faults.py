"""What speaks against sending; apart from the model, so that knowing of it loads nothing."""

from goodterms.lib.faults import Fault


class ForecastHolds(Fault):
    """More may come of sending an update than the owner has said yes to; the message says what to do."""
