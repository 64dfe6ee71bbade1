"""What a feature gives the bot: one literal that the router, the help, the worker and the scheduler read."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.jobs.handler import JobHandler
from bot.jobs.model import JobKind
from bot.slack.deps import Deps
from bot.slack.incoming.router import Routes

Work = Callable[[Deps], Awaitable[None]]
Maintenance = Callable[[Deps, datetime], Awaitable[None]]  # deps, and when this process started
JobWrapper = Callable[[JobHandler], JobHandler]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature(Routes):
    """The commands, actions, views, shortcuts and events of a feature, and what it does by itself."""

    jobs: Mapping[JobKind, JobHandler] = field(default_factory=dict)
    job_wrappers: Mapping[JobKind, JobWrapper] = field(default_factory=dict)  # around another feature's jobs
    at_start: tuple[Work, ...] = ()  # once, when the scheduler starts
    each_tick: tuple[Work, ...] = ()  # each second: enqueues what is due
    each_sweep: tuple[Maintenance, ...] = ()  # each minute: what is in no hurry
    guess_command: Callable[[str], str | None] | None = None  # what an unknown command may have meant


def collect_job_handlers(features: tuple[Feature, ...]) -> dict[JobKind, JobHandler]:
    """Return the handler of each job kind, inside what other features wrap around it."""
    handlers = {kind: handler for feature in features for kind, handler in feature.jobs.items()}
    for feature in features:
        for kind, wrap in feature.job_wrappers.items():
            handlers[kind] = wrap(handlers[kind])
    return handlers
