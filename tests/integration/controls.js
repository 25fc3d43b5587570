// What a page shows that a user can use, in the order of the document; behind a dialog there is nothing to use.
const controls = () => {
  const kinds = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  const isUsable = (element) => !element.disabled && element.checkVisibility({ visibilityProperty: true });
  return [...(document.querySelector("dialog:modal") ?? document).querySelectorAll(kinds)].filter(isUsable);
};

const named = (control) => {
  const words = control.labels?.[0]?.textContent || control.getAttribute("aria-label") || control.textContent || control.value;
  return `${control.localName} “${words.trim().replace(/\s+/g, " ").slice(0, 60)}”`;
};

const described = (control) => `${named(control)} ${control.name ?? ""} ${control.getAttribute("href") ?? ""}`;

// Of radio buttons with one name, the Tab key stops at one: the arrows lead to the others.
const stopsOf = (all) => {
  const leads = (radio) => {
    const group = all.filter((one) => one.type === "radio" && one.name === radio.name);
    return radio === (group.find((one) => one.checked) ?? group[0]);
  };
  return all.filter((control) => control.type !== "radio" || leads(control));
};

// Of which kinds they are; a list of many rows is the same state as one of few.
const kindsOf = (all) => {
  const kinds = all.map((control) => [control.localName, control.type, control.className, control.id].join(" "));
  return kinds.filter((kind, place) => kind !== kinds[place - 1]);
};
