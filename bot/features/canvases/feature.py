"""`/valuemap new`, `show`, `canvases` and `settings`."""

from bot.features.canvases import forms
from bot.features.canvases.listeners import (
    choose_from_menu,
    handle_deleted_message,
    list_canvases,
    open_settings,
    show_canvas,
    start_anyway,
    start_canvas,
    submit_delete,
    submit_rename,
    submit_settings,
    submit_start,
)
from bot.features.canvases.service import post_canvas
from bot.features.cards.model import CANVAS_JOB
from bot.features.feature import Feature
from bot.slack.incoming.commands import Command, HelpGroup

FEATURE = Feature(
    commands=(
        Command(
            "new",
            "NAME [for SEGMENT]",
            "starts a canvas in this channel",
            start_canvas,
            order=10,
            group=HelpGroup.GATHER,
        ),
        Command(
            "show",
            "[DAY]",
            "the canvas and its picture, as it is or as it was on a day",
            show_canvas,
            order=30,
            group=HelpGroup.FIT,
        ),
        Command(
            "canvases",
            "[PAGE | WORDS]",
            "the channel's canvases: switch, rename, archive, restore, delete",
            list_canvases,
            order=120,
            group=HelpGroup.MORE,
        ),
        Command(
            "settings",
            "",
            "cards in the channel or in one thread; who may edit and delete; where tickets are made",
            open_settings,
            order=130,
            group=HelpGroup.MORE,
        ),
    ),
    advice=dict.fromkeys(
        ("archive", "restore", "unarchive"),
        "Archive and restore canvases in the list of `/valuemap canvases`.",
    ),
    events={"message": handle_deleted_message},
    actions={"canvas": choose_from_menu, "start_anyway": start_anyway},
    views={
        forms.START_CALLBACK_ID: submit_start,
        forms.RENAME_CALLBACK_ID: submit_rename,
        forms.DELETE_CALLBACK_ID: submit_delete,
        forms.SETTINGS_CALLBACK_ID: submit_settings,
    },
    jobs={CANVAS_JOB: post_canvas},
)
