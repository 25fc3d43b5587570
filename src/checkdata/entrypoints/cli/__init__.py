"""The batch entrypoint: ``checkdata …``, for operators and for ``make run``.

Exit codes (rules.md, *What answers what*): 0 done; 1 done, with refusals; 2 refused, or wrong usage; 3 failed.
"""

import sys


def main() -> None:
    """Run the command; loaded here, because the processes that commands start import this module again."""
    if sys.argv[1:2] == ["export"] and any(word.startswith("--workers") for word in sys.argv):
        from checkdata.entrypoints.composition.fork_server import load_workers_ahead

        load_workers_ahead()
    try:
        from checkdata.entrypoints.cli import program
    except ModuleNotFoundError as missing:
        from checkdata.entrypoints.cli.extras import needed_extra

        sys.stderr.write(f"Error: {needed_extra(missing)}\n")
        raise SystemExit(2) from None
    program.run_program()
