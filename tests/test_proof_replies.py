"""The proof of replies in small: a process that says why it ends, and a proof that would notice."""

import pytest

from tests.proof import replies
from tests.proof.proving import Figures


async def test_a_process_that_cannot_go_on_says_why() -> None:
    figures: Figures = dict(replies._NOTHING)
    await replies._closed_for_good(4004, replies.FATAL[4004], figures)
    assert (figures["ended"], figures["unclear"]) == (1, 0)


@pytest.mark.parametrize("name", ["unanswered", "doubled", "gone", "unclear", "violations"])
def test_claims_are_kept_only_where_nothing_was_found(name: str) -> None:
    clean: Figures = dict(replies._NOTHING) | {"slowest": 1.0}
    assert all(claim.kept for claim in replies.claims({"one": clean}))
    kept = [claim.kept for claim in replies.claims({"one": clean, "other": clean | {name: 1}})]
    assert kept.count(False) == 1
