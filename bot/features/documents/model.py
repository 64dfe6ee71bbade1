"""The job that writes a value map's document, and its subject. Pure."""

from dataclasses import dataclass

from bot.jobs.model import JobKind

DOCUMENT_JOB = JobKind(
    "document", 90, frozenset({"canvases.edit", "canvases.create", "conversations.canvases.create"})
)
DOCUMENT_WANTED = ""  # in place of a document id: somebody requested a document, and it is not created yet


@dataclass(frozen=True, slots=True)
class DocumentSubject:
    """The subject of a document's job: the canvas, and who requested it where. A digest has no requester."""

    canvas_id: int
    requester_id: str = ""
    channel_id: str = ""  # "" for the direct message

    def __str__(self) -> str:
        return (
            f"{self.canvas_id}:{self.requester_id}:{self.channel_id}"
            if self.requester_id
            else f"{self.canvas_id}"
        )


def parse_subject(text: str) -> DocumentSubject:
    """Parse "CANVAS" or "CANVAS:USER:CHANNEL"."""
    canvas_id, _, requester = text.partition(":")
    asker_id, _, channel_id = requester.partition(":")
    return DocumentSubject(int(canvas_id), asker_id, channel_id)
