"""Extract the arguments of the methods that the fake Slack plays from Slack's OpenAPI description.

    python -m tests.fake_slack.contract.extract slack_web_openapi_v2.json

The description is web-api/slack_web_openapi_v2.json of https://github.com/slackapi/slack-api-specs (version
1.7.0, commit bc08db4, MIT licence: see LICENSE here). Slack no longer updates it. `newer.json` adds by hand
what Slack's reference has had since.
"""

import json
import sys
from pathlib import Path
from typing import Any

from bot.fake_slack.server.web_api import API_METHODS

OPENAPI_FILE = Path(__file__).with_name("openapi.json")
KEPT_KEYS = ("name", "type", "required")


def extract_methods(description: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the parameters of each method that is described, without the token and the explanations."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name in sorted({*API_METHODS, "oauth.v2.access"}):
        for operation in description["paths"].get(f"/{name}", {}).values():
            found[name] = [
                {key: parameter[key] for key in KEPT_KEYS if key in parameter}
                for parameter in operation["parameters"]
                if parameter["name"] != "token"
            ]
    return found


if __name__ == "__main__":
    source = json.loads(Path(sys.argv[1]).read_text())
    OPENAPI_FILE.write_text(json.dumps(extract_methods(source), indent=1, sort_keys=True) + "\n")
