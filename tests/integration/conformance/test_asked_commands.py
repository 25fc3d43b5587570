"""Commands that are asked and do not answer as they should."""

import os
import shlex
import sys
import time
import tracemalloc
from pathlib import Path
from typing import Final

import pytest

from checkdata.domain.errors import InvalidValue
from checkdata.entrypoints.conformance.asked_command import CommandFailed
from checkdata.entrypoints.conformance.differences import differences
from checkdata.entrypoints.conformance.differing_cases import differing_cases
from checkdata.entrypoints.conformance.vectors import Case

CASE: Final = Case("day-001", ("an edge",), {"ask": "day"}, {"day": "2024-06-03"})
RIGHT: Final = '{"day": "2024-06-03"}'
ANSWER_ALL: Final = f"for line in sys.stdin: print({RIGHT!r}, flush=True)"


def python(code: str) -> str:
    return shlex.join([sys.executable, "-c", f"import os, signal, sys, time\n{code}"])


def failure_of(code: str, *, wait: float = 60.0, times: int = 1) -> str:
    """What is said of a program that is asked so many times."""
    with pytest.raises(CommandFailed) as failed:
        list(differing_cases([CASE] * times, python(code), wait))
    return str(failed.value)


def test_a_right_answer_is_no_difference() -> None:
    assert list(differing_cases([CASE] * 3, python(ANSWER_ALL), 60)) == []


def test_a_wrong_answer_is_told_with_what_was_expected() -> None:
    wrong = python(ANSWER_ALL.replace("06-03", "06-04"))
    assert list(differing_cases([CASE], wrong, 60)) == [(CASE, ['/day: expected "2024-06-03", answered "2024-06-04"'])]


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("sys.exit('no rules here')", "It ended without an answer, with exit code 1. Its last words: no rules here"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "It ended without an answer, by signal 9."),
        ("print('{\"day\"', end='')", "It ended in the middle of a line, with exit code 0."),
        ("print('hello', flush=True); time.sleep(600)", "Its answer is not JSON."),
        ("print('[' * 100_000, flush=True); time.sleep(600)", "Its answer is not JSON."),
        ("print(b'\\xff'.decode('latin-1'), flush=True); time.sleep(600)", "Its answer is not JSON."),
        ("print('[]', flush=True); time.sleep(600)", "Its answer is not an object of JSON."),
        (
            "print('{\"a\":' * 101 + '1' + '}' * 101, flush=True); time.sleep(600)",
            "Its answer has more than 100 objects and lists in one another.",
        ),
        ("while True: sys.stdout.write('x' * 1_000)", "Its answer is longer than 1,000,000 bytes."),
        (f"{ANSWER_ALL}; print('bye')", "It wrote more lines than there are questions."),
        (f"{ANSWER_ALL}\nsys.exit(4)", "After its last answer it ended with exit code 4."),
    ],
    ids=lambda value: value[:30] if value.startswith(("It", "After")) else "",
)
def test_what_is_wrong_with_a_command_is_said(code: str, sentence: str) -> None:
    assert failure_of(code).endswith(sentence)


def test_two_lines_for_one_question_are_told() -> None:
    assert "more" in failure_of(ANSWER_ALL.replace("2024-06-03\"}'", "2024-06-03\"}\\n{}'"), times=3)


@pytest.mark.parametrize("meanwhile", ["time.sleep(600)", "sys.stderr.write('still thinking ' * 1_000)"])
def test_a_command_that_does_not_answer_is_not_waited_for(meanwhile: str) -> None:
    assert "There was no line of answer within 0.2 seconds." in failure_of(f"while True: {meanwhile}", wait=0.2)


def test_a_command_that_never_reads_is_not_waited_for() -> None:
    long = Case("day-002", ("an edge",), {"ask": "x" * 1_000_000}, {})
    with pytest.raises(CommandFailed, match=r"There was no line of answer within 0\.2 seconds\."):
        list(differing_cases([long], python("time.sleep(600)"), 0.2))


def test_a_command_that_answers_before_it_read_the_question_is_told() -> None:
    long = Case("day-002", ("an edge",), {"ask": "x" * 1_000_000}, {})
    with pytest.raises(CommandFailed, match="It answered before it had read the question"):
        list(differing_cases([long], python("print({}, flush=True); time.sleep(600)"), 60))


def test_a_long_question_arrives_whole() -> None:
    long = Case("day-002", ("an edge",), {"ask": "x" * 1_000_000}, {"length": 1_000_011})
    answer = "import json; print(json.dumps({'length': len(input())}), flush=True)"
    assert list(differing_cases([long], python(answer), 60)) == []


def test_a_command_that_does_not_end_is_not_waited_for() -> None:
    said = failure_of(f"{ANSWER_ALL}\ntime.sleep(600)", wait=2)
    assert "It did not end when its input ended within 2 seconds." in said


def test_the_case_without_an_answer_is_named() -> None:
    assert failure_of("sys.exit(1)").startswith("No answer to day-001. ")


def test_last_words_are_the_end_of_standard_error_on_one_line_without_controls() -> None:
    said = failure_of("sys.exit('x' * 10_000 + '\\nfirst\\x1b[31m\\nsecond')")
    assert said.endswith("first\ufffd[31m | second")
    assert len(said) < 3_000


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("no-such-program --at-all", "The command can't be started: No such file or directory."),
        ("ruby 'rules.rb", "In the command a quotation mark is not closed."),
        (" ", "The command is blank."),
    ],
)
def test_a_command_that_can_not_be_started_is_told(command: str, sentence: str) -> None:
    with pytest.raises(InvalidValue, match=sentence.replace(".", r"\.")):
        list(differing_cases([CASE], command, 60))


def test_processes_that_a_command_started_end_with_it(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    code = f"child = os.spawnlp(os.P_NOWAIT, 'sleep', 'sleep', '600'); open({str(note)!r}, 'w').write(str(child))"
    failure_of(f"{code}; sys.exit(1)")
    child = int(note.read_text())
    for _ in range(6_000):
        if is_over(child):
            return
        time.sleep(0.01)
    pytest.fail("a process outlived the command that started it")


def is_over(process: int) -> bool:
    """Whether a process is gone, or waits to be buried."""
    try:
        return Path(f"/proc/{process}/stat").read_text().split()[2] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


@pytest.mark.parametrize(
    ("expected", "answered", "found"),
    [
        ({"a": True}, {"a": 1}, ["/a: expected true, answered 1"]),
        ({"a": None}, {}, ["/a is missing"]),
        ({"a": None}, {"a": None, "b": 2}, []),
        ({"a": {"b": 1}}, {"a": []}, ['/a: expected {"b": 1}, answered []']),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, ["/a/b: expected 1, answered 2"]),
        ({"agreement_ids": ["a", "b"]}, {"agreement_ids": ["b", "a"]}, []),
        ({"covered": [True]}, {"covered": [False]}, ["/covered: expected [true], answered [false]"]),
        ({"covered": [True, False]}, {"covered": [True]}, ["/covered: expected [true, false], answered [true]"]),
    ],
)
def test_a_difference_is_what_another_field_holds(
    expected: dict[str, object], answered: dict[str, object], found: list[str]
) -> None:
    assert [*differences(expected, answered)] == found


def condition(operator: str, *parts: object) -> dict[str, object]:
    return {"type": "compound", "operator": operator, "value": [*parts]}


def test_the_parts_of_a_predicate_have_no_order_and_count_once() -> None:
    one, other = condition("and"), condition("or")
    expected = {"predicate": condition("and", one, condition("or", other, one))}
    assert [*differences(expected, {"predicate": condition("and", condition("or", one, other, one), one)})] == []
    assert [*differences(expected, {"predicate": condition("or", one, condition("or", other, one))})]
    assert [*differences(expected, {"predicate": condition("and", one, condition("or", other))})]


def test_a_deep_predicate_is_compared_within_little_memory() -> None:
    chain = condition("and")
    for _ in range(20):
        chain = condition("or", chain)
    tracemalloc.start()
    try:
        assert [*differences({"predicate": chain}, {"predicate": chain})] == []
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_a_value_that_is_shown_is_cut() -> None:
    (sentence,) = differences({"a": "x" * 5_000}, {"a": "y" * 5_000})
    assert len(sentence) < 500
    assert os.linesep not in sentence
