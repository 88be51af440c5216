"""Who comes next: a bounded queue in which sessions take turns, and the reports that need not be made again."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Collection, Hashable, Iterator
from itertools import zip_longest
from typing import Generic, TypeVar

from sidelight.explain.report import Report
from sidelight.models.message import RefusedError

WAITING_PER_SESSION = 2
WAITING_IN_ALL = 100
KEPT_REPORTS = 50
KEPT_BYTES = 100_000_000

T = TypeVar("T")


class BusyError(RefusedError):
    """The queue takes no more."""


class Turns(Generic[T]):
    """A queue of queues, one a session: however much one session asks for, the others come in between."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, deque[T]] = OrderedDict()

    def __iter__(self) -> Iterator[T]:
        """In the order in which they will be taken."""
        for round_ in zip_longest(*self._waiting.values(), fillvalue=None):
            yield from (item for item in round_ if item is not None)

    def put(self, session: str, item: T) -> None:
        """Adds an item to a session's own queue.

        Raises:
            BusyError: the session, or all of them together, have too many waiting already.
        """
        if len(self._waiting.get(session, ())) >= WAITING_PER_SESSION:
            raise BusyError(
                "{count} of your explanations are waiting already; stop one or wait for one", count=WAITING_PER_SESSION
            )
        if sum(map(len, self._waiting.values())) >= WAITING_IN_ALL:
            raise BusyError("{count} explanations are waiting already; try again in a while", count=WAITING_IN_ALL)
        self._waiting.setdefault(session, deque()).append(item)

    def put_back(self, session: str, item: T) -> None:
        """Adds an item that was taken already, as the next of its session."""
        self._waiting.setdefault(session, deque()).appendleft(item)

    def take(self, busy: Collection[str] = ()) -> tuple[str, T] | None:
        """Takes the next item of a session that is not busy, with the session's name; the session goes to the end."""
        session = next((name for name in self._waiting if name not in busy), None)
        if session is None:
            return None
        own = self._waiting.pop(session)
        item = own.popleft()
        if own:
            self._waiting[session] = own
        return session, item

    def remove(self, item: T) -> bool:
        """Takes an item out of turn; says whether it was there."""
        for session, own in self._waiting.items():
            if item in own:
                own.remove(item)
                if not own:
                    del self._waiting[session]
                return True
        return False

    def position(self, item: T) -> int:
        """1 for the item that comes next; 0 for one that does not wait."""
        return next((place for place, other in enumerate(self, 1) if other is item), 0)


class Kept:
    """The reports made last, by what was asked for; so many, and so many bytes of attention weights."""

    def __init__(self) -> None:
        self._reports: OrderedDict[Hashable, Report] = OrderedDict()

    def get(self, key: Hashable) -> Report | None:
        """The report that answers this, if it is still kept."""
        if key in self._reports:
            self._reports.move_to_end(key)
        return self._reports.get(key)

    def put(self, key: Hashable, report: Report) -> None:
        """Keeps a report, and forgets those not asked for in the longest time."""
        self._reports[key] = report
        self._reports.move_to_end(key)
        while len(self._reports) > 1 and (len(self._reports) > KEPT_REPORTS or self._bytes() > KEPT_BYTES):
            self._reports.popitem(last=False)

    def _bytes(self) -> int:
        return sum(len(map_.data) for report in self._reports.values() for map_ in report.attention)
