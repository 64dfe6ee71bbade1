"""What a feature provides for each of its job kinds."""

from collections.abc import Awaitable, Callable, Mapping

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.jobs.model import Job, JobKind
from bot.slack.deps import Deps

# Stores the result of a job, in the transaction that removes the job. It is not called if the worker has lost
# its lease: the job then runs again, and that run returns its own.
OnSuccess = Callable[[AsyncSession], Awaitable[None]]

# Does a job at Slack. It raises an error if the job cannot be done now; `bot.jobs.decisions` decides by the
# error's type what happens next.
JobHandler = Callable[[Job, Deps], Awaitable[OnSuccess | None]]

JobHandlers = Mapping[JobKind, JobHandler]
