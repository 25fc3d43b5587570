"""The batch entrypoint: ``checkdata …``, for operators and for ``make run``.

Exit codes (service.md, *What answers what*): 0 done; 1 done, with refusals; 2 refused, or wrong usage; 3 failed.
"""

from checkdata.entrypoints.cli.program import main

__all__ = ["main"]
