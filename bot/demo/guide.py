"""The messages that guide a visitor through the demo, in the order of a workshop."""

EXAMPLE_GUIDE = """\
*Welcome! Eight people have worked out this canvas.* Take part, in the order of a workshop. \
(A command here goes into the message field when you click it.)
1. *Look:* `/valuemap show` has the six boxes in rank order. Every entry is a card in the canvas's thread.
2. *Vote:* open the thread above and give a card a number, :one: to :five:. \
Then act as somebody else (top right) and vote again. `/valuemap vote until friday` calls everybody to it.
3. *Review:* `/valuemap review` asks, offer by offer, which jobs, pains and gains it really fits.
4. *Read the fit:* `/valuemap fit`, and `/valuemap why dinner` for the numbers behind an entry.
5. *Wait for Monday:* move the clock (top right) there. The digest tells what your votes and marks changed.
Then begin your own in the channel <#{own}>. The bot also has a Home: choose it under *Apps*."""

EMPTY_CHANNEL_GUIDE = """\
*An empty channel, for your own value proposition.*
1. *Start:* `/valuemap new Reports for small shops`, with a name and a segment of your own.
2. *Gather:* `/valuemap add` opens the form; \
`/valuemap add pain: waiting takes an hour; gain: right the first time` adds at once.
3. *Vote:* every entry becomes a card in the canvas's thread. Give it a number, as several members.
4. *Review:* add a pain reliever or gain creator, then `/valuemap review`.
5. *Read:* `/valuemap fit`, and `/valuemap` at any time for the one next best step.
6. *Be told:* `/valuemap digest` says when the digest comes; move the clock there."""
