"""What the columns of tables are called, told in a style element."""

import re

from checkdata.entrypoints.web.presentation.column_headings import column_headings


def test_the_headings_of_one_table_are_told_for_its_columns_from_the_last() -> None:
    assert column_headings([("found", ["When", "What"])], "n") == (
        '<style nonce="n">td:nth-last-child(1){--heading:"What"}td:nth-last-child(2){--heading:"When"}</style>'
    )


def test_each_of_several_tables_has_its_own() -> None:
    told = column_headings([("mails", ["Mail"]), ("demo-1", ["Name"])], "n")
    assert '[aria-labelledby="mails"] td:nth-last-child(1){--heading:"Mail"}' in told
    assert '[aria-labelledby="demo\\2d 1"] td:nth-last-child(1){--heading:"Name"}' in told


def test_no_heading_ends_the_text_or_the_element_that_tells_it() -> None:
    told = column_headings([("found", ["</style>\"}\\\n'&<!--"])], 'n">')
    assert told.count("<") == 2
    assert told.startswith('<style nonce="n&#34;&gt;">')
    (text,) = re.findall(r'--heading:"([^"]*)"', told)
    assert re.sub(r"\\([0-9a-f]+) ", lambda code: chr(int(code[1], 16)), text) == "</style>\"}\\\n'&<!--"
