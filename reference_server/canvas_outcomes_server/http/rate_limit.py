"""A leaky bucket per token and worker for rate limits (canvas-behaviour 1.6)."""

from collections import OrderedDict
from time import monotonic

HIGH_WATER_MARK = 600.0
MAXIMUM = 800.0
OUTFLOW_PER_SECOND = 10.0
UP_FRONT_COST = 50.0
MOST_BUCKETS = 10_000


class Bucket:
    """The recent use of one token, in units of the quota."""

    __slots__ = ("_at", "_level")

    def __init__(self) -> None:
        self._level, self._at = 0.0, monotonic()

    @property
    def remaining(self) -> float:
        now = monotonic()
        self._level -= (now - self._at) * OUTFLOW_PER_SECOND
        self._at = now
        if self._level < 0:
            self._level = 0.0
        return max(0.0, HIGH_WATER_MARK - self._level)

    def add(self, cost: float) -> None:
        self._level = min(MAXIMUM, self._level + cost)


class Buckets:
    """The buckets of the most recently used tokens."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[str, Bucket] = OrderedDict()

    def clear(self) -> None:
        self._buckets.clear()

    def of(self, token: str) -> Bucket:
        bucket = self._buckets.get(token)
        if bucket is None:
            bucket = self._buckets[token] = Bucket()
            if len(self._buckets) > MOST_BUCKETS:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(token)
        return bucket
