"""How much a key may ask: in a second, in a day, at once. Counted in this process's memory.

An own token bucket: the libraries for it (`limits` among them) read the clock themselves, count
requests of one unit in fixed windows, and know neither debts nor what a family of keys shares.
"""

import math
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple

from api.security.errors import SecurityError
from api.settings import Settings
from indexer.records import ApiKey

_DAY_SECONDS = 86_400
_NEVER = datetime.min.replace(tzinfo=UTC)
_SWEEP_SHARE = 4  # sweeps have a quarter of the places: live questions come first
_MANAGEMENT_A_MINUTE = 30
_LIST_PAGES_A_MINUTE = 60


class Lane(StrEnum):
    """What is asked for; each lane has a bucket of its own."""

    SIGNATURES = "signatures"  # live matching
    SWEEP = "sweep"  # uploads of earlier days: slower, and never in the way of the live ones
    MANAGEMENT = "management"
    LISTS = "lists"  # pages of lists that are handed on


class Unit(StrEnum):
    """What a quota counts."""

    SIGNATURES = "signatures"
    REQUESTS = "requests"
    CONCURRENT = "concurrent-requests"


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast one lane may be used."""

    unit: Unit
    per_second: float
    burst: int  # units that may come together after a pause
    at_once: int  # requests
    in_day: bool = False  # whether it counts into the daily budget

    def share(self, workers: int) -> "Rate":
        """One worker's part: all workers together let through what the rate says."""
        return Rate(
            unit=self.unit,
            per_second=self.per_second / workers,
            burst=math.ceil(self.burst / workers),
            at_once=math.ceil(self.at_once / workers),
            in_day=self.in_day,
        )


class Quota(NamedTuple):
    """One limit, and how much of it is left."""

    name: str
    unit: Unit
    amount: int
    left: int  # 0 or more
    window_seconds: int | None = None  # in which `amount` may be used
    full_in_seconds: int | None = None  # until `amount` may be used again


class RateLimitedError(SecurityError):
    """Too much was asked in a short time: wait as long as `Retry-After` says, then go on."""

    def __init__(self, retry_after_seconds: int, quotas: tuple[Quota, ...]) -> None:
        """Say how long, and what the limits are.

        Args:
            retry_after_seconds: 1 or more.
            quotas: all limits of the lane.
        """
        super().__init__()
        self.retry_after_seconds = retry_after_seconds
        self.quotas = quotas


class DailyBudgetSpentError(RateLimitedError):
    """This key has asked about all signatures that it may ask about today, UTC."""


@dataclass(slots=True)
class _Account:
    """One lane of one operator's key and of all keys below it."""

    rate: Rate
    tokens: float  # below 0 after a request larger than what was left
    counted_at: datetime
    running: int = 0  # requests

    def refill(self, at: datetime) -> None:
        # A clock that was set back refills nothing and starts anew from there.
        passed = max(0.0, (at - self.counted_at).total_seconds())
        self.tokens = min(self.rate.burst, self.tokens + passed * self.rate.per_second)
        self.counted_at = at

    def wait_seconds(self, cost: int) -> float:
        """How long until so much may be taken; 0 or less: now.

        A request larger than the burst is let through by a full bucket, and leaves a debt.
        """
        return (min(cost, self.rate.burst) - self.tokens) / self.rate.per_second

    def quotas(self, lane: Lane) -> list[Quota]:
        missing = self.rate.burst - self.tokens
        bucket = Quota(
            name=lane.value,
            unit=self.rate.unit,
            amount=self.rate.burst,
            left=max(0, math.floor(self.tokens)),
            window_seconds=math.ceil(self.rate.burst / self.rate.per_second),
            full_in_seconds=math.ceil(missing / self.rate.per_second),
        )
        free = max(0, self.rate.at_once - self.running)
        return [bucket, Quota("at-once", Unit.CONCURRENT, self.rate.at_once, free)]


@dataclass(slots=True)
class _Days:
    """What each key has asked today; forgotten at midnight UTC and when the process ends."""

    begins: datetime = _NEVER
    ends: datetime = _NEVER  # exclusive
    spent: dict[str, int] = field(default_factory=dict)

    def begin(self, at: datetime) -> None:
        if not self.begins <= at < self.ends:
            self.begins = datetime.combine(at.astimezone(UTC), time(tzinfo=UTC))
            self.ends = self.begins + timedelta(days=1)
            self.spent = {}

    def left(self, budgets: Mapping[str, int]) -> int:
        return min(budget - self.spent.get(key_id, 0) for key_id, budget in budgets.items())

    def quota(self, budgets: Mapping[str, int], at: datetime) -> Quota:
        until_midnight = math.ceil((self.ends - at).total_seconds())
        left, amount = max(0, self.left(budgets)), min(budgets.values())
        return Quota("day", Unit.SIGNATURES, amount, left, _DAY_SECONDS, until_midnight)


class RateLimits:
    """What every key may ask of this worker."""

    def __init__(self, rates: Mapping[Lane, Rate], *, daily_budget: int, workers: int) -> None:
        """Nothing was asked yet.

        Args:
            rates: of each lane, for the whole service.
            daily_budget: signatures in a day, for keys without a budget of their own.
            workers: processes that share the rates and budgets.
        """
        self._rates = {lane: rate.share(workers) for lane, rate in rates.items()}
        self._daily_budget = daily_budget
        self._workers = workers
        self._accounts: dict[tuple[str, Lane], _Account] = {}
        self._days = _Days()
        self._lock = threading.Lock()  # some routes run in threads

    def asking(self, key: ApiKey, cost: int, *, lane: Lane, at: datetime) -> "_Asking":
        """Take `cost` units and one place among the requests at once, given back at the end.

        Returns:
            To be entered, which gives the limits and what is left of them.

        Raises:
            RateLimitedError: on entering, too fast, or too many at once; nothing was taken.
            DailyBudgetSpentError: on entering, too much for today; nothing was taken.
        """
        return _Asking(self, key, cost, lane, at)

    def take(self, key: ApiKey, cost: int, lane: Lane, at: datetime) -> tuple[Quota, ...]:
        """As `asking`, until `leave`."""
        with self._lock:
            account = self._account(key.root_id, lane, at)
            return self._take(account, key, cost, lane, at)

    def leave(self, key: ApiKey, lane: Lane) -> None:
        """Give back the place of a request that was answered."""
        with self._lock:
            self._accounts[key.root_id, lane].running -= 1

    def _account(self, root_id: str, lane: Lane, at: datetime) -> _Account:
        account = self._accounts.get((root_id, lane))
        if account is None:
            rate = self._rates[lane]
            account = self._accounts[root_id, lane] = _Account(rate, rate.burst, at)
        account.refill(at)
        return account

    def _take(
        self, account: _Account, key: ApiKey, cost: int, lane: Lane, at: datetime
    ) -> tuple[Quota, ...]:
        self._days.begin(at)
        budgets = self._budgets(key) if account.rate.in_day else {}

        def quotas() -> tuple[Quota, ...]:
            day = [self._days.quota(budgets, at)] if budgets else []
            return (*account.quotas(lane), *day)

        wait = account.wait_seconds(cost)
        if account.running >= account.rate.at_once or wait > 0:
            raise RateLimitedError(max(1, math.ceil(wait)), quotas())
        if budgets and cost > self._days.left(budgets):
            spent = quotas()
            raise DailyBudgetSpentError(spent[-1].full_in_seconds or 1, spent)
        account.tokens -= cost
        account.running += 1
        for key_id in budgets:
            self._days.spent[key_id] = self._days.spent.get(key_id, 0) + cost
        return quotas()

    def _budgets(self, key: ApiKey) -> dict[str, int]:
        """This worker's share of the key's own daily budget and of that of the key at the top."""
        whole = {key.root_id: key.root_budget or self._daily_budget}
        if key.daily_budget is not None and key.key_id != key.root_id:
            whole[key.key_id] = key.daily_budget
        return {key_id: math.ceil(budget / self._workers) for key_id, budget in whole.items()}


# A class: a generator that is entered and left for each request costs three times as much.
@dataclass(slots=True)
class _Asking:
    limits: RateLimits
    key: ApiKey
    cost: int
    lane: Lane
    at: datetime

    def __enter__(self) -> tuple[Quota, ...]:
        return self.limits.take(self.key, self.cost, self.lane, self.at)

    def __exit__(self, *_: object) -> None:
        self.limits.leave(self.key, self.lane)


def rate_limits_of(settings: Settings) -> RateLimits:
    """The limits that an operator set."""
    per_second, sweeps = settings.key_signatures_per_second, settings.sweep_signatures_per_second
    burst, at_once = settings.key_burst, settings.key_requests_at_once
    sweep_burst = math.ceil(burst * sweeps / per_second)
    rates = {
        Lane.SIGNATURES: Rate(Unit.SIGNATURES, per_second, burst, at_once, in_day=True),
        Lane.SWEEP: Rate(Unit.SIGNATURES, sweeps, sweep_burst, math.ceil(at_once / _SWEEP_SHARE)),
        Lane.MANAGEMENT: Rate(
            Unit.REQUESTS, _MANAGEMENT_A_MINUTE / 60, _MANAGEMENT_A_MINUTE, at_once
        ),
        Lane.LISTS: Rate(Unit.REQUESTS, _LIST_PAGES_A_MINUTE / 60, _LIST_PAGES_A_MINUTE, at_once),
    }
    return RateLimits(rates, daily_budget=settings.key_daily_budget, workers=settings.workers)
