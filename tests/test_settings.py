"""How the settings are read from the environment."""

import pytest

from bot.settings import DEFAULT_PORT, InvalidSettings, Settings, read_settings

VARIABLES = [str(field.validation_alias) for field in Settings.model_fields.values()]


@pytest.fixture
def environ(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    variables: dict[str, str] = {}
    monkeypatch.setattr("os.environ", variables)
    return variables


@pytest.mark.parametrize("blank", ["", " ", "\t", " \n "])
@pytest.mark.parametrize("variable", VARIABLES)
def test_a_blank_variable_is_not_set(environ: dict[str, str], variable: str, blank: str) -> None:
    environ[variable] = blank
    settings = read_settings()
    assert settings.model_fields_set == set()
    assert settings.model_dump() == Settings().model_dump()


def test_a_blank_token_is_said_to_be_missing_and_not_to_be_wrong(environ: dict[str, str]) -> None:
    environ |= {"SLACK_BOT_TOKEN": " ", "SLACK_APP_TOKEN": "", "SLACK_CLIENT_ID": " "}
    with pytest.raises(InvalidSettings, match="SLACK_BOT_TOKEN is not set"):
        read_settings().require_slack()


@pytest.mark.parametrize(("port", "health_port"), [("", None), (" ", None), ("3000", 3000), ("0", 0)])
def test_health_pages_have_a_port_of_their_own_only_if_port_is_set(
    environ: dict[str, str], port: str, health_port: int | None
) -> None:
    environ["PORT"] = port
    settings = read_settings()
    assert settings.health_port == health_port
    assert settings.port == (DEFAULT_PORT if health_port is None else health_port)
