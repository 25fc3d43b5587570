"""``python -m checkdata.entrypoints.cli``, where the command itself is not on the path."""

from checkdata.entrypoints.cli import main

main()
