"""Which emoji reactions are votes."""

LEVEL_BY_REACTION = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
NUMBER_REACTIONS = tuple(LEVEL_BY_REACTION)


def read_level(reaction: str) -> int | None:
    """Return the level 1..5 of a reaction's name, or None if it is no vote."""
    # Slack appends the skin tone to the name: "five::skin-tone-2".
    return LEVEL_BY_REACTION.get(reaction.partition("::")[0])
