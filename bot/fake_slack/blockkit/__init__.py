"""Block Kit's limits, as Slack checks them.

`shapes` says how an object is checked; `texts`, `options`, `elements`, `rich_text`, `tables`, `charts` and
`blocks` say what Slack knows, as tables; `views` and `totals` look at the whole.
"""

from bot.fake_slack.blockkit.blocks import check_blocks
from bot.fake_slack.blockkit.shapes import Invalid
from bot.fake_slack.blockkit.totals import ALL_TEXT, characters
from bot.fake_slack.blockkit.views import check_view

__all__ = ["ALL_TEXT", "Invalid", "characters", "check_blocks", "check_view"]
