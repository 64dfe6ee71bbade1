"""Block Kit's limits, as Slack checks them.

`checks` holds the checkers. `objects`, `options`, `elements`, `inputs`, `rich_text`, `tables`, `charts`,
`cards` and `blocks` hold Slack's schemas as data. `views` and `totals` check a whole view or message.
"""

from bot.fake_slack.blockkit.blocks import check_blocks
from bot.fake_slack.blockkit.checks import InvalidBlocks
from bot.fake_slack.blockkit.totals import MAX_MESSAGE_CHARACTERS, count_characters
from bot.fake_slack.blockkit.views import check_view

__all__ = ["MAX_MESSAGE_CHARACTERS", "InvalidBlocks", "check_blocks", "check_view", "count_characters"]
