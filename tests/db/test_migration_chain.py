"""The migrations lead from each release to the schema of the code."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bot.db.database import Database, open_database
from bot.db.migrations.schema import SchemaState, list_revisions, read_schema_state
from bot.db.migrations.upgrade import make_alembic_config, migrate_database
from bot.db.tables import Row
from bot.method.model import Mark, Review
from bot.store import (
    canvases as canvas_store,
)
from bot.store.loading import load_canvas

WHEN = "2026-10-12 07:00:00"
PREVIOUS_RELEASE_ROWS = (
    f"INSERT INTO workspace VALUES ('T1', NULL, '', 'UBOT', '{WHEN}')",
    f"""INSERT INTO canvas (
        team_id, id, channel_id, name, segment, starter, time_zone, created_at, current_since
    ) VALUES ('T1', 1, 'C1', 'Reports', '', 'U1', 'UTC', '{WHEN}', '{WHEN}')""",
    f"""INSERT INTO entry (team_id, id, canvas_id, channel_id, kind, text, author, created_at, version)
    VALUES ('T1', 1, 1, 'C1', 'pain', 'slow', 'U1', '{WHEN}', 1),
    ('T1', 2, 1, 'C1', 'pain_reliever', 'robot', 'U1', '{WHEN}', 1)""",
    """INSERT INTO vote (team_id, entry_id, member, level, stands, event_at)
    VALUES ('T1', 1, 'U1', 5, true, 7), ('T1', 1, 'U2', 5, false, 9)""",
    f"INSERT INTO review (team_id, offer_id, member, reviewed_at) VALUES ('T1', 2, 'U1', '{WHEN}')",
    "INSERT INTO mark (team_id, offer_id, member, need_id, halves) VALUES ('T1', 2, 'U1', 1, 2)",
)


async def test_the_migrations_lead_to_the_schema_of_the_code(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), Row.metadata))

    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    assert await read_schema_state(database) is SchemaState.CURRENT
    await asyncio.gather(migrate_database(database), migrate_database(database))


async def test_votes_and_marks_of_the_previous_release_are_kept(tmp_path: Path) -> None:
    async with open_database(f"sqlite:///{tmp_path / 'old.db'}") as database:
        async with database.engine.begin() as connection:
            await connection.run_sync(lambda sync: command.upgrade(make_alembic_config(sync), "0005"))
            for statement in PREVIOUS_RELEASE_ROWS:
                await connection.execute(text(statement))
        await migrate_database(database)
        async with database.reading("T1") as session:
            info = await canvas_store.find_current_canvas(session, "C1")
            assert info is not None
            canvas = await load_canvas(session, info.id)
    assert [entry.votes for entry in canvas.entries] == [{"U1": 5}, {}]
    assert canvas.reviews == (Review(2, "U1", {1: Mark.STRONG}),)


def test_the_names_of_migrations_begin_with_their_revisions_in_order() -> None:
    script = ScriptDirectory.from_config(make_alembic_config())
    assert list_revisions() == [step.revision for step in script.walk_revisions()][::-1]
