"""What of the index a question is about: the stories that its filters and its asker's scope leave."""

import numpy as np
from numpy.typing import NDArray

from bot.article import Scope
from bot.errors import AskError, UnknownSource
from bot.remarks import MisspelledSource, UndatedLeftOut
from bot.search.query import Filters
from bot.search.rows import UNDATED, Numbers, Rows
from bot.search.sources import NO_SOURCE, Sources

Mask = NDArray[np.bool_]
"""One value for each row, dead ones included: whether it counts."""


def marked(rows: Numbers, mask: Mask | None) -> Numbers:
    """Leave of some rows those that a mask marks."""
    return rows if mask is None else rows[mask[rows]]


def seen(rows: Rows, sources: Sources, scope: Scope) -> Mask:
    """Mark the living rows that a scope shows."""
    shown = np.array([scope.shows(name) for name in sources.names], np.bool_)
    mask: Mask = rows.alive[: rows.count] & shown[rows.sources[: rows.count]]
    return mask


def present(rows: Rows, sources: Sources, mask: Mask) -> Numbers:
    """Count the marked rows of each source, by its number."""
    counted = np.bincount(rows.sources[: rows.count][mask], minlength=len(sources.names))
    return counted.astype(np.int32)


def screened(rows: Rows, sources: Sources, mask: Mask, filters: Filters) -> tuple[AskError, ...]:
    """Leave of the marked rows those that pass the filters, and return what there is to say of them.

    The mask is changed in place. A source that no marked row has is unknown: nothing of other sources may shine through.
    """
    remarks: list[AskError] = []
    if filters.sources or filters.excluded_sources:
        counted = present(rows, sources, mask)
        known = {number for number in np.flatnonzero(counted).tolist() if number != NO_SOURCE}
        passing = np.full(len(sources.names), not filters.sources, np.bool_)
        for names, passes in ((filters.sources, True), (filters.excluded_sources, False)):
            for name in names:
                meant = sources.meant(name) & known
                passing[list(meant)] = passes
                if not meant:
                    remarks.append(_unknown(name, sources, known))
        mask &= passing[rows.sources[: rows.count]]
    if filters.dated:
        published = rows.published[: rows.count]
        undated = published == UNDATED
        if (mask & undated).any():
            remarks.append(UndatedLeftOut())
        mask &= ~undated
        if filters.after is not None:
            mask &= published >= filters.after
        if filters.before is not None:
            mask &= published < filters.before
    return tuple(remarks)


def _unknown(name: str, sources: Sources, known: set[int]) -> AskError:
    nearest = sources.nearest(name, known)
    return UnknownSource(name=name) if nearest is None else MisspelledSource(name=name, nearest=nearest)
