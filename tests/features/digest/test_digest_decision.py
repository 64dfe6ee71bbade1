"""What becomes of a digest that is due."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.features.digest.decision import DigestAction, DigestDecision, decide_digest
from bot.features.digest.model import MAX_BACKUP_AGE, Digest

DUE_AT = datetime(2026, 10, 19, 7, tzinfo=UTC)
SCHEDULED = Digest(7, 1, "2026-10-19T09:00", DUE_AT, None, False, None)
REQUESTED = replace(SCHEDULED, slot="trigger:1.2")


def sent(snapshot: str, *, is_unchanged: bool = False) -> Digest:
    return Digest(6, 1, "2026-10-12T09:00", DUE_AT, DUE_AT, is_unchanged, snapshot)


def decide(
    digest: Digest, *earlier: Digest, delay: timedelta = timedelta(0), has_later: bool = False
) -> DigestDecision:
    return decide_digest(digest, "now", earlier, DUE_AT + delay, has_later_digest=has_later)


def test_a_digest_in_time_is_sent() -> None:
    assert decide(SCHEDULED, sent("before")) == DigestDecision(DigestAction.SEND)
    assert decide(SCHEDULED) == DigestDecision(DigestAction.SEND)
    assert decide(SCHEDULED).unchanged_in_a_row == 0


def test_a_digest_that_was_sent_or_has_a_later_one_is_skipped() -> None:
    assert decide(replace(SCHEDULED, sent_at=DUE_AT)).action is DigestAction.SKIP
    assert decide(SCHEDULED, has_later=True).action is DigestAction.SKIP


def test_a_requested_digest_is_sent_also_when_nothing_changed() -> None:
    late = timedelta(days=1)
    assert decide(REQUESTED, sent("now"), delay=late, has_later=True) == DigestDecision(DigestAction.SEND)


def test_a_late_digest_says_so_and_is_looked_for_unless_it_is_too_old() -> None:
    decision = decide(SCHEDULED, delay=timedelta(minutes=6))
    assert decision == DigestDecision(DigestAction.SEND, late_due_at=DUE_AT, may_be_posted_since=DUE_AT)
    old = decide(SCHEDULED, delay=MAX_BACKUP_AGE + timedelta(seconds=1))
    assert (old.late_due_at, old.may_be_posted_since) == (DUE_AT, None)
    assert decide(SCHEDULED, delay=MAX_BACKUP_AGE).may_be_posted_since == DUE_AT
    assert decide(SCHEDULED, delay=timedelta(minutes=5)).late_due_at is None


def test_the_fourth_digest_without_a_change_pauses_the_schedule() -> None:
    first = decide(SCHEDULED, sent("now"))
    assert (first.action, first.unchanged_in_a_row) == (DigestAction.SEND_UNCHANGED, 1)
    assert not first.pauses_schedule
    three = [sent("now", is_unchanged=True)] * 3
    fourth = decide(SCHEDULED, *three, sent("now"))
    assert fourth.unchanged_in_a_row == 4
    assert fourth.pauses_schedule
