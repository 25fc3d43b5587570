// Looks at a page as it was served, where no script runs: what it offers, and what of that would do nothing.
() => {
  for (const details of document.querySelectorAll("details")) details.open = true; // a press on its summary away
  const offered = controls();
  const sends = (button) => button?.type === "submit" && ["get", "post"].includes(button.form?.method);
  const isSent = (field) => field.form && offered.some((control) => control.form === field.form && sends(control));
  const leads = (link) => {
    const href = link.getAttribute("href");
    return href.startsWith("#") ? document.getElementById(href.slice(1)) : !/^(|javascript:.*)$/.test(href);
  };
  const works = { button: sends, input: isSent, select: isSent, textarea: isSent, a: leads };
  const dead = offered.filter((control) => !(works[control.localName] ?? (() => true))(control));
  return { offered: offered.map(described), dead: dead.map(named) };
}
