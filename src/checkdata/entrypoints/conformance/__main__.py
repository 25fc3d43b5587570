"""``python -m checkdata.entrypoints.conformance``: the rules of this library, as a command that is asked."""

import json
import sys

from checkdata.entrypoints.conformance.answers import answer_to

for line in sys.stdin:
    print(json.dumps(answer_to(json.loads(line))), flush=True)  # noqa: T201 - it is what the program is for
