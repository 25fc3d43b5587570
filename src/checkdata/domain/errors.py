"""What can go wrong, one meaning each.

::

    CheckdataError
    ├── InvalidValue          a word does not have its shape
    ├── InvalidQuery          a search or filter can't be understood
    ├── PageNotFound          a page number past the end of what was found
    ├── AccessRefused         the rules of access say no; carries the refusal
    ├── SignInRefused         a sign-in link is used, expired or unknown
    ├── IdentityRefused       what came back from an identity provider proves nothing
    ├── ProviderUnavailable   an identity provider does not answer
    ├── SessionOver           a session has ended; it no longer signs anyone in
    ├── AskedTooOften         sign-in links were requested more often than is allowed
    ├── ConfirmationRefused   a confirmation link is used, expired or unknown
    ├── ChangeRefused         a change of access that the rules do not allow
    │   └── Overtaken             another user was faster; also a StorageConflict
    ├── FeedRefused           a whole feed can't be loaded; nothing was written
    │   └── AccessWidened         it would let users newly see too much; carries who and how much
    ├── ListRefused           a user's own list can't be read or compared
    │   └── TookTooLong           reading or comparing it took longer than it may
    ├── FolderNotWritable     a folder that a file should go to can't be written
    ├── FolderTaken           another export or import is writing into the folder
    ├── WorkersUnavailable    the processes or machines that should do the work can't be reached
    ├── WorkerLost            every worker that a job was given to was lost
    ├── ExportFailed          an export could not write all of its files
    ├── BackupRefused         a backup or restore would write over something, or lacks what it needs
    ├── BackupFailed          a backup could not be made or restored
    ├── DeliveryFailed        a mail could not be handed over; trying again may help
    │   └── DeliveryRefused       the mail service will not take it; trying again does not help
    ├── MailHeldBack          the mail service takes no mail of ours now, whatever the mail
    ├── TeachersUnavailable   the directory of teachers does not answer; trying again may help
    ├── TeachersRefused       the directory of teachers does not let us ask
    ├── MessageRefused        a message is not from whom it says, or came before
    └── StorageError          the storage can't serve
        ├── StorageUnavailable    it does not answer
        │   ├── StorageBusy           others locked what was needed, or it took too long
        │   └── StorageReadOnly       it can only be read
        ├── NotMigrated           it does not have the tables of this version
        ├── StorageConflict       another user changed the same thing first
        │   └── ImportRunning         another import is under way
        └── ImportMoved           a different import is shown from the one asked for

The text of each is one or more sentences that its reader can act on. It holds no personal data.
"""

from typing import Self


class CheckdataError(Exception):
    """The root of every error that checkdata raises on purpose."""


class InvalidValue(CheckdataError, ValueError):
    """A word does not have the shape that its kind asks for."""


class InvalidQuery(CheckdataError):
    """A search or a filter that can't be understood; ``field`` names the part at fault (rules.md: 422)."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        """As it comes from another process."""
        return type(self), (self.field, str(self))


class PageNotFound(CheckdataError):
    """A page number past the end of what was found, or below one (rules.md: 404)."""


class SignInRefused(CheckdataError):
    """A sign-in link that is used, expired or unknown; one meaning for all three (service rule 7, rules.md: 410)."""


class IdentityRefused(CheckdataError):
    """What came back from an identity provider is forged, late, used, or tells that no one signed in there."""


class ProviderUnavailable(CheckdataError):
    """An identity provider does not answer, or answers what it must not; trying again may help."""


class SessionOver(CheckdataError):
    """The session has ended and no longer signs anyone in, whatever was asked in it (ASVS 7.4.1)."""


class AskedTooOften(CheckdataError):
    """One client, or all users together, requested too many sign-in links; none was queued (rules.md: 429)."""


class ConfirmationRefused(CheckdataError):
    """A confirmation link that is used, expired or unknown; one meaning for all three (rules.md: 410)."""


class ChangeRefused(CheckdataError):
    """A change of access that the rules do not allow; nothing was changed."""


class FeedRefused(CheckdataError):
    """A whole feed that can't be loaded (feed.md, *What a bad feed gets*); nothing was written."""


class ListRefused(CheckdataError):
    """A user's own list that can't be read, or can't be compared by the columns chosen (service rule 17)."""


class TookTooLong(ListRefused):
    """Reading or comparing a user's own list took longer than it may; the work was ended, and nothing was written."""


class FolderNotWritable(CheckdataError):
    """A folder into which a file should go can't be written."""


class FolderTaken(CheckdataError):
    """Another export or import is writing into the folder; nothing in it was touched."""


class WorkersUnavailable(CheckdataError):
    """The processes or machines that should do the work cannot be started or reached."""


class WorkerLost(CheckdataError):
    """Every worker that a job was given to was lost: killed, out of memory, or gone with its machine."""


class ExportFailed(CheckdataError):
    """An export could not write all of its files; the folder holds what it held before."""


class BackupRefused(CheckdataError):
    """A backup or a restore that would write over something, or has not what it needs; nothing was written."""


class BackupFailed(CheckdataError):
    """A backup could not be made or restored; what is half done is not taken for a backup."""


class DeliveryFailed(CheckdataError):
    """A mail could not be handed to the mail service; trying again later may help."""


class DeliveryRefused(DeliveryFailed):
    """The mail service refused a mail for good, for example an unknown address; trying again does not help."""


class MailHeldBack(CheckdataError):
    """The mail service takes no mail of ours now, whatever the mail: the settings are wrong, or a limit is reached.

    Nothing was handed over, and it does not count as a try.
    """


class TeachersUnavailable(CheckdataError):
    """The directory of teachers does not answer, or breaks off; trying again later may help."""


class TeachersRefused(CheckdataError):
    """The directory of teachers does not let us ask: the settings are wrong."""


class MessageRefused(CheckdataError):
    """A message is not signed by whom it has to be, is too old, or came before; nothing of it was kept."""


class StorageError(CheckdataError):
    """The storage can't serve; ``cause`` tells operators why and what to do, ``code`` as the storage numbers it.

    Neither is shown to users. Neither holds personal data or a password. Both are "" if nothing is known.
    """

    def __init__(self, message: str = "", *, cause: str = "", code: str = "") -> None:
        super().__init__(message)
        self.cause = cause
        self.code = code


class StorageUnavailable(StorageError):
    """The storage does not answer (rules.md: 503)."""


class StorageBusy(StorageUnavailable):
    """Others locked what was needed for too long, or the answer took too long (rules.md: 503)."""


class StorageReadOnly(StorageUnavailable):
    """The storage can only be read, as a standby after a failover (rules.md: 503)."""


class NotMigrated(StorageError):
    """The storage does not have the tables of this version; ``checkdata migrate`` makes them (rules.md: 503)."""


class StorageConflict(StorageError):
    """Another user changed the same thing first; nothing was written."""


class ImportRunning(StorageConflict):
    """Another import is under way; nothing was written."""


class Overtaken(ChangeRefused, StorageConflict):
    """Another user made this change first, or made it pointless; nothing was changed (rules.md: 409)."""


class ImportMoved(StorageError):
    """The storage now shows a different import from the one asked for; nothing was written."""
