"""What a feature provides for each of its job kinds."""

from collections.abc import Awaitable, Callable, Mapping

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.jobs.model import Job, JobKind
from bot.slack.deps import Deps

# Writes what came of a job, in the transaction that removes the job. It is not called where the worker lost
# its lease: the job runs once more then, and the next run calls its own.
OnSuccess = Callable[[AsyncSession], Awaitable[None]]

# Does a job at Slack. It raises what `bot.jobs.decisions` knows where the job cannot be done now.
JobHandler = Callable[[Job, Deps], Awaitable[OnSuccess | None]]

JobHandlers = Mapping[JobKind, JobHandler]
