"""A value map as a document of its channel."""

from bot.features.documents.listeners import document
from bot.features.documents.model import DOCUMENT_JOB
from bot.features.documents.service import write_document
from bot.features.feature import Feature

FEATURE = Feature(
    actions={"document": document},
    jobs={DOCUMENT_JOB: write_document},
)
