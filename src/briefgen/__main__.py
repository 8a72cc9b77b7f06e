"""`python -m briefgen` and the command `briefgen`: the command line, which may be interrupted while it loads."""

import sys


def run() -> None:
    """Load and run the command line."""
    try:
        from briefgen.cli import main
    except KeyboardInterrupt:
        sys.exit(130)
    main()


if __name__ == "__main__":
    run()
