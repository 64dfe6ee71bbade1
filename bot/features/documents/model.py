"""What a value map's document is, and its job. Pure."""

from dataclasses import dataclass

from bot.jobs.model import JobKind

DOCUMENT_JOB = JobKind(
    "document", 90, frozenset({"canvases.edit", "canvases.create", "conversations.canvases.create"})
)
DOCUMENT_WANTED = ""  # in place of a document id: somebody asked for one, and it is not made yet


@dataclass(frozen=True, slots=True)
class DocumentSubject:
    """The subject of a document's job: which canvas, and who asked for it where; nobody after a digest."""

    canvas_id: int
    requester_id: str = ""
    channel_id: str = ""  # "" for the direct message

    def __str__(self) -> str:
        return f"{self.canvas_id}:{self.requester_id}:{self.channel_id}" if self.requester_id else f"{self.canvas_id}"


def read_subject(text: str) -> DocumentSubject:
    canvas_id, _, asker = text.partition(":")
    asker_id, _, channel_id = asker.partition(":")
    return DocumentSubject(int(canvas_id), asker_id, channel_id)
