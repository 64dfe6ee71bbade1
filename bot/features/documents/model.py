"""What the jobs of documents are. Pure."""

from bot.jobs.model import JobKind

DOCUMENT_JOB = JobKind(
    "document", 90, frozenset({"canvases.edit", "canvases.create", "conversations.canvases.create"})
)
