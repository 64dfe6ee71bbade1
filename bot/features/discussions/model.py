"""What the messages of discussions show, and the job that asks for a reason. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.jobs.model import JobKind
from bot.method.discussions import Discussion, DiscussionResult, list_finished
from bot.method.metrics import CanvasMetrics
from bot.method.model import Entry
from bot.method.ranking import RankedEntry
from bot.store.model import CanvasInfo

ASK_REASON_JOB = JobKind("ask_reason", 73, frozenset({"conversations.open", "chat.postMessage"}))

REASON, SHOWS_NAME = "reason", "shows_name"  # fields of the form
MAX_REASON_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class ListedDiscussions:
    """The discussions of a canvas, with what their list shows."""

    canvas_info: CanvasInfo
    metrics: CanvasMetrics
    discussions: Sequence[Discussion]  # in order of their start; of merged entries, with the target's id
    user_id: str

    @property
    def running(self) -> list[tuple[Discussion, Entry]]:
        """The running ones with their entries, the first to start first."""
        return [
            (discussion, self.metrics.ranked[discussion.entry_id].entry)
            for discussion in self.discussions
            if discussion.is_running and discussion.entry_id in self.metrics.ranked
        ]

    @property
    def finished(self) -> list[tuple[DiscussionResult, Entry]]:
        """The results that anybody may see, with their entries, the newest first."""
        found = list_finished(self.discussions, self.metrics.ranked)
        return [(result, entry) for _, result, entry in reversed(found)]

    @property
    def divisive(self) -> list[RankedEntry]:
        """The divisive entries that are not in discussion."""
        running_ids = {entry.id for _, entry in self.running}
        return [ranked for ranked in self.metrics.divisive if ranked.entry.id not in running_ids]


def count_answers(discussion: Discussion) -> str:
    """Return "2 of 3 have answered"."""
    asked = len(discussion.reasons)
    answered = asked - len(discussion.unanswered)
    return f"{answered} of {asked} {'has' if answered == 1 else 'have'} answered"
