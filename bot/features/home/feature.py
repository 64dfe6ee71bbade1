"""The menu, App Home and the dialogs on one entry."""

from bot.features.feature import Feature
from bot.features.home import blocks, entry_view as entries
from bot.features.home.listeners import answer, dismiss, follow_link, look, menu, opened, value_maps, walk
from bot.slack.incoming.commands import MENU_COMMAND, Command

FEATURE = Feature(
    commands=(
        Command(
            MENU_COMMAND, "", "the menu: where this channel stands and the one next best step", menu, order=0
        ),
    ),
    actions={
        "dismiss": dismiss,
        "maps": value_maps,
        "look": look,
        "walk": walk,
        "answer": answer,
        entries.TO_CARD: follow_link,
    },
    shortcuts={blocks.VALUE_MAPS: value_maps},
    events={"app_home_opened": opened},
)
