"""Links to the pages of a list, as GOV.UK's pagination takes them."""

from collections.abc import Callable, Iterator, Mapping


def pagination(number: int, count: int, link: Callable[[int], str]) -> Mapping[str, object]:
    """The options of ``govukPagination`` for page *number* of *count*; empty for a single page."""
    if count == 1:
        return {}
    options: dict[str, object] = {"items": list(_items(number, count, link))}
    if number > 1:
        options["previous"] = {"href": link(number - 1)}
    if number < count:
        options["next"] = {"href": link(number + 1)}
    return options


def _items(number: int, count: int, link: Callable[[int], str]) -> Iterator[Mapping[str, object]]:
    """The first and last page and those around this one, with an ellipsis where pages are left out."""
    shown = sorted({1, count, *range(max(1, number - 1), min(count, number + 1) + 1)})
    before = 0
    for page in shown:
        if page > before + 1:
            yield {"ellipsis": True}
        yield {"number": page, "href": link(page), "current": page == number}
        before = page
