"""Block Kit's limits, as Slack checks them.

`shapes` says how an object is checked; `texts`, `options`, `elements`, `rich_text`, `tables`, `charts` and
`blocks` say what Slack knows, as tables; `views` and `totals` look at the whole.
"""

from bot.playground.block_kit.blocks import check_blocks
from bot.playground.block_kit.shapes import Invalid
from bot.playground.block_kit.totals import ALL_TEXT, characters
from bot.playground.block_kit.views import check_view

__all__ = ["ALL_TEXT", "Invalid", "characters", "check_blocks", "check_view"]
