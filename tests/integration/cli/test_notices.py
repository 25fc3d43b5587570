"""``checkdata notices``: operators tell every user something, and close the service."""

from tests.integration.cli.command import Command


def test_a_notice_is_set_listed_and_ended(checkdata: Command) -> None:
    checkdata.done("notices", "set", "--text", "Data are late", "--until", "2099-06-03T18:00")
    when = ("--from", "2099-01-01T09:00", "--until", "2099-06-03T18:00")
    checkdata.done("notices", "set", "--maintenance", "--text", "Closed", *when)
    _, banner, closed = checkdata.done("notices", "list").out.splitlines()
    assert banner.startswith("banner\t")
    assert banner.endswith("\t2099-06-03T18:00\tData are late")
    assert closed == "maintenance\t2099-01-01T09:00\t2099-06-03T18:00\tClosed"
    checkdata.done("notices", "end")
    checkdata.done("notices", "end", "--maintenance")
    assert "There is no such notice any more." in checkdata.done("notices", "end", code=2).err


def test_what_can_not_be_shown_is_refused(checkdata: Command) -> None:
    for text, until, sentence in (
        ("Late", "2020-06-03T18:00", "The end must be in the future"),
        (" ", "2099-06-03T18:00", "Enter the text of the notice."),
        ("\u202ex", "2099-06-03T18:00", "Text must not have characters that cannot be seen"),
    ):
        assert sentence in checkdata.done("notices", "set", "--text", text, "--until", until, code=2).err
