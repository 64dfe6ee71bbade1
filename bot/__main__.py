"""python -m bot: says which package is missing where one is."""

import sys

if __name__ == "__main__":
    try:
        from bot.cli import main

        sys.exit(main())
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] == "bot":
            raise
        sys.exit(
            f"The package {missing.name} is missing: run 'pip install --require-hashes -r requirements.txt'."
        )
