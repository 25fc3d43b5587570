// Watches where the Tab key leads on this page. `watched.told()` says what was amiss.
() => {
  const stops = stopsOf(controls());
  const [before, scrolled] = [document.activeElement, [scrollX, scrollY]];
  before.blur();

  const outline = (style) => (style.outlineStyle === "none" || style.outlineColor.endsWith(", 0)") ? "" : style.outline);
  const look = (style) => [outline(style), style.boxShadow, style.backgroundColor, style.border].join();
  const drawn = (control) =>
    [control, ...(control.labels ?? [])].flatMap((part) => [null, "::before"].map((edge) => look(getComputedStyle(part, edge)))).join();
  const unfocused = new Map(stops.map((control) => [control, drawn(control)]));

  // Some part of it is within the window, with nothing on top (WCAG 2.4.11).
  const isSeen = (control) =>
    [...control.getClientRects()].some((box) => {
      const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
      const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
      if (left >= right || top >= bottom) return false;
      const on = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
      return control.contains(on) || [...(control.labels ?? [])].some((label) => label.contains(on));
    });

  // Where the focus goes is heard from itself: on its way back from the browser's own controls a key is not.
  const reached = [];
  const looked = new Set();
  const faults = [];
  document.addEventListener("focusin", note, true);
  document.addEventListener("keyup", lookAtFocused, true);
  function note({ target }) {
    if (reached.includes(target)) return;
    reached.push(target);
    if (!unfocused.has(target)) faults.push(`stopped at, though nothing to use: ${named(target)}`);
  }
  function lookAtFocused() {
    const control = document.activeElement;
    if (looked.has(control) || !unfocused.has(control)) return;
    looked.add(control);
    if (drawn(control) === unfocused.get(control)) faults.push(`no sign that it has the focus: ${named(control)}`);
    if (!isSeen(control)) faults.push(`has the focus out of sight: ${named(control)}`);
  }

  function told() {
    document.removeEventListener("focusin", note, true);
    document.removeEventListener("keyup", lookAtFocused, true);
    for (const control of reached) {
      if (looked.has(control) || !unfocused.has(control)) continue;
      control.focus();
      lookAtFocused();
    }
    document.activeElement.blur();
    before.focus({ preventScroll: true });
    scrollTo(...scrolled);
    const missed = stops.filter((control) => !reached.includes(control)).map((control) => `never reached: ${named(control)}`);
    const places = reached.map((control) => stops.indexOf(control));
    const top = Math.max(places.indexOf(0), 0); // where it began is where the focus was, and at the end it came round
    const fromTop = [...places.slice(top), ...places.slice(0, top)];
    const isInOrder = fromTop.every((place, at) => at === 0 || place > fromTop[at - 1]) && !stops.some((control) => control.tabIndex > 0);
    const out = isInOrder ? [] : ["reached in another order than that of the document"];
    return [...faults, ...missed, ...out];
  }

  const isLeft = () => stops.some((control) => !reached.includes(control));
  watched = { told, isLeft };
  const dates = stops.filter((control) => control.type === "date"); // day, month, year and calendar
  return stops.length + 3 * dates.length;
}
