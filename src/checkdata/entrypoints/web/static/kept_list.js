// A page of a comparison answers a posted form, which no browser asks for again by Back. So its place in the browser's
// history keeps the form, with the list as it was sealed, and an address that asks for the same page with it.

// Without a script they open in new tabs instead.
document.querySelector("base")?.remove();
for (const form of document.forms) form.removeAttribute("target");

const again = document.getElementById("again");
const shown = document.querySelector("form[data-address]");

if (again && history.state?.fields) {
  document.querySelector("h1").textContent = "Comparing your list again";
  for (const [name, value] of Object.entries(history.state.fields)) {
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name, value });
    again.append(field);
  }
  again.submit();
} else if (shown) {
  const { list } = shown.elements;
  const { csrf_token, acting, ...fields } = Object.fromEntries(new FormData(shown));
  if (list?.dataset.page) fields.page = list.dataset.page;
  history.replaceState(list ? { fields } : null, "", shown.dataset.address);
}
