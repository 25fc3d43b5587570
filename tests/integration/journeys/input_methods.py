"""Two ways to use a page: with only a keyboard, and with a mouse where no script runs."""

from pathlib import Path
from typing import Final, Protocol

from attrs import define, frozen
from playwright.sync_api import Locator, Page

FARTHEST: Final = 150
"""After this many presses of the Tab key a control counts as out of reach."""

IS_IN: Final = """(control) => {
  const here = document.activeElement;
  return here === control || (control.type === "radio" && here.name === control.name);
}"""

OPENS_A_TAB: Final = """(control) => {
  const target = control.target || control.form?.target || document.querySelector("base")?.target;
  return target === "_blank";
}"""


class Hands(Protocol):
    """What a user does with what they see on a page."""

    @property
    def page(self) -> Page:
        """The page that they see."""

    def press(self, control: Locator) -> None:
        """Follow a link or press a button, to the page that it leads to."""

    def unfold(self, summary: Locator) -> None:
        """Open what is folded, on the page that is shown."""

    def download(self, control: Locator) -> bytes:
        """Follow a link or press a button, to a file."""

    def write(self, field: Locator, text: str) -> None:
        """Write in an empty field; in one for dates day, month and year."""

    def pick(self, field: Locator, option: str) -> None:
        """Choose the option of a select whose text begins so."""

    def mark(self, radio: Locator) -> None:
        """Choose a radio button."""

    def give(self, field: Locator, file: Path) -> None:
        """Choose a file."""


@frozen
class ByKeyboard:
    """Tab, Enter, Space, the arrows and letters; never the mouse."""

    page: Page

    def press(self, control: Locator) -> None:
        self._reach(control)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def unfold(self, summary: Locator) -> None:
        self._reach(summary)
        self.page.keyboard.press("Enter")

    def download(self, control: Locator) -> bytes:
        self._reach(control)
        with self.page.expect_download() as started:
            self.page.keyboard.press("Enter")
        return Path(started.value.path()).read_bytes()

    def write(self, field: Locator, text: str) -> None:
        self._reach(field)
        self.page.keyboard.type(text)

    def pick(self, field: Locator, option: str) -> None:
        self._reach(field)
        self.page.keyboard.press("Home")
        for _ in field.locator("option").all():
            if _picked(field).startswith(option):
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"there is no option {option}")

    def mark(self, radio: Locator) -> None:
        self._reach(radio)
        self.page.keyboard.press("Space")
        while not radio.is_checked():
            self.page.keyboard.press("ArrowDown")

    def give(self, field: Locator, file: Path) -> None:
        with self.page.expect_file_chooser() as opened:
            self._reach(field)
            self.page.keyboard.press("Enter")
        opened.value.set_files(file)

    def _reach(self, control: Locator) -> None:
        handle = control.element_handle()
        for _ in range(FARTHEST):
            if handle.evaluate(IS_IN):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the Tab key does not lead to {control}")


@define
class WithoutScript:
    """The mouse, on pages that run no script; what opens in a new tab is looked at there."""

    page: Page

    def press(self, control: Locator) -> None:
        if control.evaluate(OPENS_A_TAB):
            with self.page.context.expect_page() as opened:
                control.click()
            self.page = opened.value
            self.page.wait_for_load_state()
            return
        with self.page.expect_navigation():
            control.click()

    def unfold(self, summary: Locator) -> None:
        summary.click()

    def download(self, control: Locator) -> bytes:
        with self.page.expect_download() as started:
            control.click()
        return Path(started.value.path()).read_bytes()

    def write(self, field: Locator, text: str) -> None:
        if field.get_attribute("type") == "date":
            field.fill(f"{text[4:]}-{text[2:4]}-{text[:2]}")
        else:
            field.fill(text)

    def pick(self, field: Locator, option: str) -> None:
        texts = [text.strip() for text in field.locator("option").all_inner_texts()]
        field.select_option(label=next(text for text in texts if text.startswith(option)))

    def mark(self, radio: Locator) -> None:
        radio.check()

    def give(self, field: Locator, file: Path) -> None:
        field.set_input_files(file)


def _picked(field: Locator) -> str:
    return str(field.evaluate("(field) => field.selectedOptions[0].text.trim()"))
