"""python -m bot: says which package is missing where one is."""

import gc
import sys

if __name__ == "__main__":
    gc.disable()  # all that is imported stays: looking for garbage in it takes a sixth of the start
    try:
        from bot.cli import main

        gc.freeze()
        gc.enable()
        sys.exit(main())
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] == "bot":
            raise
        sys.exit(
            f"The package {missing.name} is missing: run 'pip install --require-hashes -r requirements.txt'."
        )
