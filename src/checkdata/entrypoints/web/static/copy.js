// Copies a text at one press; without a script, it is selected by hand.

for (const text of document.querySelectorAll("[data-copied]")) {
  const button = Object.assign(document.createElement("button"), {
    type: "button",
    className: "govuk-button govuk-button--secondary",
    textContent: "Copy text",
  });
  button.setAttribute("aria-label", `Copy text for email to ${text.dataset.copied}`);
  const told = document.createElement("p");
  told.className = "govuk-body";
  told.setAttribute("role", "status");
  text.after(button, told);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.textContent);
      told.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(text);
      told.textContent = "Press Ctrl and C to copy the selected text";
    }
  });
}
