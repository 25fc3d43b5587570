"""What mkdocs does beside mkdocs.yml: pages from outside `docs/`, and a reference without what only our code needs."""

from pathlib import Path
from typing import Any, Final

from griffe import Attribute, ExprCall, ExprKeyword, Extension, Function
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT: Final = Path(__file__).parent
OUTSIDE: Final = ("CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "bench/README.md", "examples/README.md")
SHOWN: Final = {".py", ".mjs", ".rb", ".sql"}
"""Of the examples; what a tool left beside them is none."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the documents and examples outside, under the same paths."""
    examples = (str(file.relative_to(ROOT)) for file in (ROOT / "examples").rglob("*.*") if file.suffix in SHOWN)
    for path in (*OUTSIDE, *examples):
        files.append(File.generated(config, path, abs_src_path=str(ROOT / path)))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001
    """Lead links to where the site has their pages, which is as if `docs/` were the root."""
    path = page.file.src_uri
    if path in OUTSIDE:
        return markdown.replace("](docs/", "](").replace("](../docs/", "](../")
    return markdown.replace("](../../", "](../") if "/" in path else markdown.replace("](../", "](")


class Reference(Extension):
    """Shows a field by its default and not by its validators, and no method that Python calls by itself."""

    def on_attribute_instance(self, *, attr: Attribute, **_: Any) -> None:  # noqa: ANN401 - griffe's signature
        """Take the default out of `field(…)`."""
        if isinstance(attr.value, ExprCall) and str(attr.value.function) in {"field", "attribute"}:
            given = (each for each in attr.value.arguments if isinstance(each, ExprKeyword))
            attr.value = next((each.value for each in given if each.name == "default"), None)

    def on_function_instance(self, *, func: Function, **_: Any) -> None:  # noqa: ANN401 - griffe's signature
        """Leave out `__bool__` and the like."""
        if func.name.startswith("__"):
            func.public = False
