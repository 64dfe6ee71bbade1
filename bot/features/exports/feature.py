"""`/valuemap export`."""

from bot.features.exports.listeners import export_canvas
from bot.features.feature import Feature
from bot.slack.incoming.commands import Command, HelpGroup

FEATURE = Feature(
    commands=(
        Command(
            "export",
            "[json|csv|md|png|svg] [links]",
            "the canvas as a file, to you alone",
            export_canvas,
            order=100,
            group=HelpGroup.MORE,
        ),
    ),
)
