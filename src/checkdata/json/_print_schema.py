"""Prints the JSON Schema of a document as its declaration has it: ``python -m checkdata.json._print_schema NAME``."""

import json
import sys
from typing import cast

from checkdata.json._schemas import SchemaName, made

if __name__ == "__main__":
    print(json.dumps(made(cast("SchemaName", sys.argv[1])), indent=2))  # noqa: T201 - it is what the program is for
