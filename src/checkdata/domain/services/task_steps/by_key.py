"""A program reads a listing with an API key, page by page."""

from attrs import frozen

from checkdata.domain.errors import Overtaken
from checkdata.domain.listing.as_of import Import, id_of
from checkdata.domain.values import ImportId


@frozen(kw_only=True)
class ByKey:
    """The key, and the import that the pages before showed; None for the first page."""

    key_id: str
    import_id: ImportId | None = None

    @property
    def recorded(self) -> dict[str, str]:
        """What goes on record of it, beside what a user's view has."""
        return {"key": self.key_id}

    def check(self, shown: Import | None) -> None:
        """Raise `Overtaken` if another import is shown by now: its pages do not fit the ones before."""
        if self.import_id is not None and id_of(shown) != self.import_id:
            raise Overtaken("Data were imported since the first page. Begin again without a cursor.")
