"""The feature literals are complete, and nothing that must be unique stands twice."""

from pathlib import Path

from bot.app import FEATURES, guess_command
from bot.features.feature import collect_job_handlers
from bot.jobs.model import JobKind

FOLDER = Path(__file__).parents[2] / "bot" / "features"
COMMANDS = [command for feature in FEATURES for command in feature.commands]
KINDS = [kind for feature in FEATURES for kind in feature.jobs]


def test_every_feature_literal_is_listed() -> None:
    literals = [path for path in FOLDER.rglob("feature.py") if path.parent != FOLDER]
    assert len(FEATURES) == len(literals)


def test_every_feature_package_has_its_literal() -> None:
    packages = {path.name for path in FOLDER.iterdir() if path.is_dir() and not path.name.startswith("_")}
    assert {path.relative_to(FOLDER).parts[0] for path in FOLDER.glob("*/**/feature.py")} == packages


def test_each_command_has_its_own_place_in_the_help() -> None:
    assert len({command.name for command in COMMANDS}) == len(COMMANDS)
    assert len({command.order for command in COMMANDS}) == len(COMMANDS)


def test_each_job_kind_has_its_own_name_and_priority() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    assert len({kind.priority for kind in KINDS}) == len(KINDS)


def test_every_job_kind_that_is_declared_has_a_handler() -> None:
    declared = {
        value
        for module in _models()
        for value in vars(__import__(module, fromlist=["x"])).values()
        if isinstance(value, JobKind)
    }
    assert declared == collect_job_handlers(FEATURES).keys()


def test_an_unknown_command_that_names_a_kind_is_guessed() -> None:
    assert guess_command("pain: too slow") == "add pain: too slow"
    assert guess_command("anything else") is None


def _models() -> list[str]:
    root = FOLDER.parents[1]
    paths = [*FOLDER.rglob("model.py"), root / "bot" / "jobs" / "model.py"]
    return [".".join(path.relative_to(root).with_suffix("").parts) for path in paths]
