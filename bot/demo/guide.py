"""The messages that guide a visitor through the demo, in the order of a workshop."""

EXAMPLE_GUIDE = """\
*A value proposition says why customers choose your product. This bot helps a team to work it out:* \
on the canvas above, customers' needs are on the right, what the product offers is on the left, \
both are ranked by votes, and the team checks what fits. \
Your own begins in <#{own}>; this one is here to try. (Click a command to put it into the message field.)
1. *Look:* `/valuemap show` has the six boxes in rank order.
2. *Vote:* `/valuemap rank` has a *Vote* button: one click a card. Then act as somebody else (top right). \
`/valuemap vote pains sealed until in 1 hour` hides all votes until then; \
`/valuemap discuss` takes up what divides the team.
3. *Review:* `/valuemap review` asks, offer by offer, which jobs, pains and gains it really helps with.
4. *Read the fit:* `/valuemap fit`, and `/valuemap why dinner` for the numbers behind an entry.
5. *Ask for evidence:* `/valuemap evidence` has what customers gave, \
`/valuemap risks` what rests on votes alone, and `/valuemap test` how it is tested.
6. *Wait for Monday:* move the clock (top right) there. The digest tells what your votes and marks changed."""

EMPTY_CHANNEL_GUIDE = """\
*An empty channel, for your own value proposition.*
1. *Start:* `/valuemap new Reports for small shops`, with a name and a segment of your own.
2. *Gather:* `/valuemap add` opens the form; \
`/valuemap add pain: waiting takes an hour; gain: right the first time` adds at once.
3. *Vote:* `/valuemap rank` has a *Vote* button. Then act as somebody else (top right) and vote again.
4. *Review:* add a pain reliever or gain creator, then `/valuemap review`.
5. *Read:* `/valuemap fit`, and `/valuemap` at any time for the one next best step.
6. *Be told:* `/valuemap digest` says when the digest comes; move the clock there."""
