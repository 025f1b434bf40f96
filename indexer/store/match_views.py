"""A platform's own matches, as it sees them: the soonest clock first."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select

from hashsvc import Tier
from hashsvc.closed_sets import Decision, ListedState, MatchState, Reason, Surface
from indexer.platform_records import MatchFilter, MatchPlace, MatchView
from indexer.records import LIVE_STATES, MatchId, PlatformId
from indexer.store import tables
from indexer.store.matches import about_ref
from indexer.store.policies import Policies
from indexer.store.sealing import DataKey

_matches = tables.match.c
_hits = tables.match_hit.c
_listed = tables.listed_signature.c


@dataclass(frozen=True, slots=True)
class MatchViews:
    """Reading matches within one transaction."""

    connection: Connection
    policies: Policies

    def one(self, match_id: MatchId, platform_id: PlatformId) -> MatchView | None:
        """A platform's match; None where it is another's, or nobody's."""
        found = self._views(platform_id, _matches.id == match_id, limit=1)
        return found[0] if found else None

    def page(
        self,
        platform_id: PlatformId,
        wanted: MatchFilter,
        *,
        after: MatchPlace | None,
        limit: int,
    ) -> list[MatchView]:
        """A platform's matches, the soonest due first, those without a clock last.

        Args:
            platform_id: whose.
            wanted: which of them.
            after: where the page before ended.
            limit: at most so many.
        """
        conditions = _wanted(wanted)
        if after is not None:
            conditions.append(_beyond(after))
        return self._views(platform_id, *conditions, limit=limit)

    def _views(
        self, platform_id: PlatformId, *conditions: ColumnElement[bool], limit: int
    ) -> list[MatchView]:
        rows = self.connection.execute(
            select(tables.match, _list_state().label("list_state"))
            .where(_matches.platform_id == platform_id, *conditions)
            .order_by(_matches.due_at.is_(None), _matches.due_at, _matches.id)
            .limit(limit)
        ).all()
        return _opened(rows, self.policies.known_key(platform_id))


def _wanted(wanted: MatchFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        column == value
        for column, value in (
            (_matches.tier, wanted.tier),
            (_matches.surface, wanted.surface),
            (_list_state(), wanted.list_state),
        )
        if value is not None
    ]
    if wanted.states:
        conditions.append(_matches.state.in_(wanted.states))
    if wanted.due_before is not None:
        conditions.append(_matches.due_at < wanted.due_before)
    return conditions


def _opened(rows: Sequence[Row[tuple[object, ...]]], own: DataKey | None) -> list[MatchView]:
    return [
        MatchView(
            match_id=MatchId(row.id),
            ref=own.unseal_text(row.ref, about_ref(row.id)) if own and row.ref else None,
            surface=None if row.surface is None else Surface(row.surface),
            tier=Tier(row.tier),
            state=MatchState(row.state),
            list_state=None if row.list_state is None else ListedState(row.list_state),
            opened_at=row.opened_at,
            due_at=row.due_at,
            decision=None if row.decision is None else Decision(row.decision),
            reason=None if row.reason is None else Reason(row.reason),
        )
        for row in rows
    ]


def _list_state() -> ColumnElement[str]:
    """`confirmed` where one of the live hits is, else `probation`, else nothing."""
    # The words' order serves: "confirmed" comes before "probation".
    return (
        select(func.min(_listed.state))
        .join(tables.match_hit, _hits.signature_id == _listed.id)
        .where(_hits.match_id == _matches.id, _listed.state.in_(LIVE_STATES))
        .correlate(tables.match)
        .scalar_subquery()
    )


def _beyond(place: MatchPlace) -> ColumnElement[bool]:
    if place.due_at is None:
        return and_(_matches.due_at.is_(None), _matches.id > place.match_id)
    return or_(
        _matches.due_at > place.due_at,
        and_(_matches.due_at == place.due_at, _matches.id > place.match_id),
        _matches.due_at.is_(None),
    )
