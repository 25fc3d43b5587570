"""docs/exports.md has the columns of the files, the names of the manifest, and an example that is one."""

import json
from datetime import UTC, datetime
from typing import Final

import pytest

from checkdata.adapters.export_folder.manifest import as_json
from checkdata.domain.exports import ExportedFile, Manifest, WrittenFile
from checkdata.domain.listing.columns import columns_for, extended_columns_for
from checkdata.domain.people.organisations import Role
from checkdata.domain.values import ImportId
from tests.documents import DOCS, blocks, tables

PAGE: Final = DOCS / "exports.md"
HEADINGS: Final = {
    Role.DELIVERY_PARTNER: "### Of a delivery partner",
    Role.APPROPRIATE_BODY: "### Of an appropriate body",
}


@pytest.mark.parametrize("role", HEADINGS)
def test_the_page_has_each_column_of_a_file_in_its_order(role: Role) -> None:
    rows = tables(PAGE, HEADINGS[role])
    assert [row[0] for row in rows] == [f"`{column.name}`" for column in columns_for(role)]
    assert all(all(row) for row in rows)


@pytest.mark.parametrize("role", HEADINGS)
def test_the_page_has_each_column_of_an_extended_file(role: Role) -> None:
    beyond = extended_columns_for(role)[len(columns_for(role)) :]
    assert [row[0] for row in tables(PAGE, "### With `--extended`")] == [f"`{column.name}`" for column in beyond]


def test_the_manifest_on_the_page_is_written_so() -> None:
    (example,) = (block.code for block in blocks(PAGE) if block.language == "json")
    content = json.loads(example)
    (file,) = content["files"]
    manifest = Manifest(
        import_id=ImportId(content["import_id"]),
        created_at=datetime(2025, 1, 15, 6, tzinfo=UTC),
        files=[
            ExportedFile(
                organisation_id=file["organisation_id"],
                role=Role(file["role"]),
                written=WrittenFile(file["file"], file["sha256"], file["bytes"]),
                rows=file["rows"],
                filters=file["filters"],
            )
        ],
    )
    assert as_json(manifest).decode() == example


def test_the_page_says_what_each_name_of_the_manifest_is() -> None:
    (example,) = (json.loads(block.code) for block in blocks(PAGE) if block.language == "json")
    names = [*(name for name in example if name != "files"), *example["files"][0]]
    assert [row[0] for row in tables(PAGE, "## The manifest")] == [f"`{name}`" for name in names]
