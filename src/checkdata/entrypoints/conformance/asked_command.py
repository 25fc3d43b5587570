"""A command that is asked a question a line, and answers each with a line."""

import json
import os
import shlex
import signal
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from selectors import EVENT_READ, EVENT_WRITE, BaseSelector, DefaultSelector
from time import monotonic
from typing import Any, Final, NoReturn

from checkdata.domain.access.predicate_json import Json
from checkdata.domain.errors import CheckdataError, InvalidValue
from checkdata.domain.typed_text import displayed

LONGEST_ANSWER: Final = 1_000_000
"""How many bytes an answer may have."""

DEEPEST_ANSWER: Final = 100
"""How many objects and lists of an answer may lie in one another."""

_LAST_WORDS: Final = 2_000
"""How many bytes of standard error are kept."""

_CHUNK: Final = 65_536

_GLANCE: Final = 0.2
"""After how many seconds of silence it is seen whether the process has ended: others may hold its output open."""


class CommandFailed(CheckdataError):
    """A command that was asked does not answer as it should."""


@contextmanager
def asked_command(command: str, wait: float) -> Iterator["AskedCommand"]:
    """Start a command, without a shell, to be asked; each answer may take *wait* seconds. It is killed afterwards."""
    with _started(command) as process, DefaultSelector() as selector:
        try:
            yield AskedCommand(process, selector, wait)
        finally:
            _kill(process)


def _started(command: str) -> "subprocess.Popen[bytes]":
    try:
        words = shlex.split(command)
    except ValueError:
        raise InvalidValue("In the command a quotation mark is not closed.") from None
    if not words:
        raise InvalidValue("The command is blank.")
    pipe = subprocess.PIPE
    try:
        return subprocess.Popen(  # noqa: S603
            words, bufsize=0, stdin=pipe, stdout=pipe, stderr=pipe, start_new_session=True
        )
    except OSError as error:
        raise InvalidValue(f"The command can't be started: {error.strerror}.") from None


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """End it, and the processes that it started, of whose group it is the first."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


class AskedCommand:
    """A process that runs; raises `CommandFailed`, with the end of its standard error, where it does not answer."""

    def __init__(self, process: "subprocess.Popen[bytes]", selector: BaseSelector, wait: float) -> None:
        self._process = process
        self._wait = wait
        self._asked = bytearray()
        self._said = bytearray()
        self._complained = bytearray()
        self._open = selector
        os.set_blocking(self._pipe("stdin").fileno(), False)
        self._open.register(self._pipe("stdout"), EVENT_READ, self._said)
        self._open.register(self._pipe("stderr"), EVENT_READ, self._complained)

    def ask(self, question: Json) -> Json:
        """The answer to a question."""
        if self._said:
            self._fail("It wrote more than one line for one question")
        self._asked.extend(f"{json.dumps(question)}\n".encode())
        self._open.register(self._pipe("stdin"), EVENT_WRITE, self._asked)
        line = self._line()
        if self._asked:
            self._fail("It answered before it had read the question")
        try:
            answer = json.loads(line)
        except (ValueError, RecursionError):
            self._fail("Its answer is not JSON")
        if not isinstance(answer, dict):
            self._fail("Its answer is not an object of JSON")
        if _is_too_deep(answer):
            self._fail(f"Its answer has more than {DEEPEST_ANSWER} objects and lists in one another")
        return answer

    def finish(self) -> None:
        """See it end, with exit code 0, because there are no more questions."""
        self._pipe("stdin").close()
        until = monotonic() + self._wait
        while not self._said and self._receive(until, "It did not end when its input ended"):
            pass
        if self._said:
            self._fail("It wrote more lines than there are questions")
        if (ending := self._ending()) != "with exit code 0":
            self._fail(f"After its last answer it ended {ending}")

    def _line(self) -> bytes:
        until = monotonic() + self._wait
        while b"\n" not in self._said:
            if len(self._said) > LONGEST_ANSWER:
                self._fail(f"Its answer is longer than {LONGEST_ANSWER:,} bytes")
            if not self._receive(until, "There was no line of answer"):
                half = "in the middle of a line" if self._said else "without an answer"
                self._fail(f"It ended {half}, {self._ending()}")
        line, _, rest = bytes(self._said).partition(b"\n")
        self._said[:] = rest
        return line

    def _receive(self, until: float, otherwise: str) -> bool:
        """Take in what it writes next; false if it has ended or closed its output, and nothing comes any more."""
        while self._is_open("stdout"):
            if self._take_in(min(_GLANCE, until - monotonic())):
                return True
            if self._process.poll() is not None:
                return False
            if monotonic() >= until:
                self._fail(f"{otherwise} within {self._wait:g} seconds")
        return False

    def _take_in(self, seconds: float) -> bool:
        """Take in what it writes next, and hand on what it reads; whether it read, wrote or closed anything."""
        ready = self._open.select(seconds) if seconds > 0 else ()
        for key, events in ready:
            if events & EVENT_WRITE:
                self._hand_on()
                continue
            data = os.read(key.fd, _CHUNK)
            if not data:
                self._open.unregister(key.fileobj)
            key.data.extend(data)
        del self._complained[:-_LAST_WORDS]
        return bool(ready)

    def _hand_on(self) -> None:
        try:
            del self._asked[: os.write(self._pipe("stdin").fileno(), self._asked[:_CHUNK])]
        except BrokenPipeError:  # that it has ended is told when it is read
            self._asked.clear()
        if not self._asked:
            self._open.unregister(self._pipe("stdin"))

    def _fail(self, what: str) -> NoReturn:
        _kill(self._process)
        while self._is_open("stderr") and self._take_in(1):
            pass
        words = displayed(self._complained.decode(errors="replace").strip().replace("\n", " | "))
        raise CommandFailed(f"{what}." + (f" Its last words: {words}" if words else ""))

    def _ending(self) -> str:
        try:
            code = self._process.wait(self._wait)
        except subprocess.TimeoutExpired:
            return "but only its output"
        return f"by signal {-code}" if code < 0 else f"with exit code {code}"

    def _pipe(self, name: str) -> Any:  # noqa: ANN401 - a stream of bytes
        return getattr(self._process, name)

    def _is_open(self, name: str) -> bool:
        return self._pipe(name) in self._open.get_map()


def _is_too_deep(answer: object) -> bool:
    """Whether it would be too deep for what reads it with functions that call themselves."""
    level = [answer]
    for _ in range(DEEPEST_ANSWER):
        level = [part for whole in level for part in _parts(whole)]
    return any(isinstance(whole, dict | list) for whole in level)


def _parts(whole: object) -> Iterable[object]:
    if isinstance(whole, dict):
        return whole.values()
    return whole if isinstance(whole, list) else ()
