"""Greetings and thanks, around a command and alone. Pure."""

import re

from bot.slack.blockkit.builders import actions_block, build_message, command_button, section_block

_GREETING = ":wave: I keep your team's value map. What would you like to do?"
SMALL_TALK = build_message(
    _GREETING,
    section_block(_GREETING),
    actions_block(command_button("Menu", ""), command_button("Help", "help")),
)
_COURTESY = re.compile(
    r"""(?:
        (?: hey | hi | hiya | hello | hallo | hola | dear | good\s(?:morning|afternoon|evening|day|night)
        | bye | thanks | thank\syou | thx | ty | cheers | so\smuch | very\smuch | a\slot
        | great | nice | cool | awesome | perfect | lovely | good\s(?:job|work|bot) | well\sdone
        | ok | okay | please | pls | plz | sorry | (?:can|could|would|will)\syou
        | there | all | everyone | team | bot | valuemap | so | and | just
        )(?!\w)
        | :[a-z0-9_+'-]+:
        | [\s,.!?:;…–—-]
    )*""",
    re.IGNORECASE | re.VERBOSE,
)


def remove_courtesy(text: str) -> str:
    """Return a text without the courteous words and emoji at its start."""
    courtesy = _COURTESY.match(text)
    return text[courtesy.end() :] if courtesy else text
