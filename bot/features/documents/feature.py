"""Documents: a value map kept as a Slack canvas of its channel."""

from bot.features.documents.listeners import handle_document_action
from bot.features.documents.model import DOCUMENT_JOB
from bot.features.documents.writing import write_document
from bot.features.feature import Feature

FEATURE = Feature(
    actions={"document": handle_document_action},
    jobs={DOCUMENT_JOB: write_document},
)
