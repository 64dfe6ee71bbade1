"""`/valuemap import`."""

from bot.features.feature import Feature
from bot.features.imports import blocks
from bot.features.imports.listeners import open_import_form, submit_import, undo_import
from bot.slack.incoming.commands import Command, HelpGroup

FEATURE = Feature(
    commands=(
        Command(
            "import",
            "",
            "adds entries from a file or pasted text, after a preview",
            open_import_form,
            order=110,
            group=HelpGroup.GATHER,
        ),
    ),
    actions={blocks.UNDO_ACTION_ID: undo_import},
    views={blocks.IMPORT_CALLBACK_ID: submit_import},
)
