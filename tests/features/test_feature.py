"""What features give the bot, put together."""

from collections.abc import Awaitable, Callable
from typing import Any, cast

from bot.app import FEATURES
from bot.features.feature import Feature, JobWrapper, collect_job_handlers
from bot.jobs.handler import JobHandler, OnSuccess
from bot.jobs.model import Job, JobKind
from bot.slack.deps import Deps

WRITE_JOB, READ_JOB = JobKind("write", 1, frozenset()), JobKind("read", 2, frozenset())


def record(calls: list[str], name: str) -> JobHandler:
    async def handle(_job: Job, _deps: Deps) -> None:
        calls.append(name)

    return handle


def record_around(calls: list[str], name: str) -> JobWrapper:
    def wrap(handler: JobHandler) -> JobHandler:
        async def handle(job: Job, deps: Deps) -> OnSuccess | None:
            calls.append(f"before {name}")
            on_success = await handler(job, deps)
            calls.append(f"after {name}")
            return on_success

        return handle

    return wrap


async def test_a_job_runs_inside_the_wrappers_of_all_features() -> None:
    calls: list[str] = []
    handlers = collect_job_handlers(
        (
            Feature(
                job_wrappers={WRITE_JOB: record_around(calls, "first")}
            ),  # above the feature that it wraps
            Feature(jobs={WRITE_JOB: record(calls, "write"), READ_JOB: record(calls, "read")}),
            Feature(job_wrappers={WRITE_JOB: record_around(calls, "second")}),
        )
    )
    assert handlers.keys() == {WRITE_JOB, READ_JOB}
    for kind in (WRITE_JOB, READ_JOB):
        handler = cast(Callable[[Any, Any], Awaitable[Any]], handlers[kind])
        await handler(None, None)
    assert calls == ["before second", "before first", "write", "after first", "after second", "read"]


def test_every_wrapper_of_the_bot_is_around_a_job_of_another_feature() -> None:
    handlers = collect_job_handlers(FEATURES)
    own = {kind: handler for feature in FEATURES for kind, handler in feature.jobs.items()}
    wrapped = {kind for feature in FEATURES for kind in feature.job_wrappers}
    assert {kind for kind, handler in handlers.items() if handler is not own[kind]} == wrapped
    assert wrapped
