// A search goes into the address, where it can be bookmarked, unless it is long: then it is posted, as without a script.

const form = document.querySelector("form[data-short]");

form.addEventListener("submit", () => {
  const short = form.elements.query.value.length <= Number(form.dataset.short);
  form.method = short ? "get" : "post";
  form.elements.csrf_token.disabled = short;
});
