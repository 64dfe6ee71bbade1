"""The menu, App Home and the dialogs on one entry."""

from bot.features.feature import Feature
from bot.features.home.blocks import VALUE_MAPS
from bot.features.home.listeners import (
    dismiss_hint,
    open_answer_form,
    open_home,
    show_entry,
    show_menu,
    show_value_maps,
)
from bot.slack.incoming.commands import MENU_COMMAND, Command, HelpGroup

FEATURE = Feature(
    commands=(
        Command(
            MENU_COMMAND,
            "",
            "the menu: where this channel stands and the one next best step",
            show_menu,
            order=0,
            group=HelpGroup.GATHER,
        ),
    ),
    actions={
        "dismiss": dismiss_hint,
        "maps": show_value_maps,
        "look": show_entry,
        "answer": open_answer_form,
    },
    shortcuts={VALUE_MAPS: show_value_maps},
    events={"app_home_opened": open_home},
)
