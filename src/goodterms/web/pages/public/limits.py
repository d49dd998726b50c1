"""How often something may be asked for from one place, as far as this process remembers."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from threading import Lock

_MOST_KEYS = 10_000


class Allowance:
    """So many times in a period for each key; the longest unheard keys are forgotten first."""

    def __init__(self, times: int, period: timedelta) -> None:
        self._times, self._period = times, period
        self._seen: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = Lock()

    def take(self, key: str, *, now: datetime) -> bool:
        """Say whether it may be once more, and count it if so."""
        with self._lock:
            moments = self._seen.setdefault(key, deque())
            self._seen.move_to_end(key)
            while moments and now - moments[0] >= self._period:
                moments.popleft()
            if len(self._seen) > _MOST_KEYS:
                self._seen.popitem(last=False)
            if len(moments) >= self._times:
                return False
            moments.append(now)
            return True
