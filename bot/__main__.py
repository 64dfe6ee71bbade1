"""python -m bot: says what is missing where the command line cannot even be loaded."""

import sys

try:
    from bot.cli import main
except ModuleNotFoundError as missing:
    if (missing.name or "").partition(".")[0] == "bot":
        raise
    sys.exit(
        f"The package {missing.name} is missing: run 'pip install --require-hashes -r requirements.txt'."
    )

if __name__ == "__main__":
    sys.exit(main())
