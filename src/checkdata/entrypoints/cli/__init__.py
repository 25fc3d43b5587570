"""The batch entrypoint: ``checkdata …``, for operators and for ``make run``.

Exit codes (rules.md, *What answers what*): 0 done; 1 done, with refusals; 2 refused, or wrong usage; 3 failed.
"""


def main() -> None:
    """Run the command; loaded here, because the processes that commands start import this module again."""
    from checkdata.entrypoints.cli import program

    program.run_program()
