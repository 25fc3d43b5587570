"""pandas on a file of `checkdata export`: how many have each status, and a list to send on, in which a TRN stays a TRN.

    checkdata export --out exports --organisation dp-north
    python examples/in_pandas.py exports/FILE.csv newest.csv

Not with `--raw`: without it an apostrophe stands before a cell which a spreadsheet would run, and it stays in the list.
"""

import sys

import pandas as pd


def read_export(path: str) -> pd.DataFrame:
    """The file, with every cell as the text that it is.

    A TRN keeps its zeros, "NA" stays a name, and a blank cell, which means "not known", stays blank.
    """
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")


def main(path: str, out: str) -> None:
    """Print the counts, and write those of the newest academic year."""
    participants = read_export(path)
    if not participants["trn"].str.fullmatch(r"[0-9]{7}|").all():
        sys.exit(f"{path}: a TRN is not seven digits. Is this a file of checkdata export?")
    print(pd.crosstab(participants["status"], participants["academic_year"]).to_string())
    newest = participants[participants["academic_year"] == participants["academic_year"].max()]
    newest.to_csv(out, index=False, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
