// Copies a text at one press; without a script, the text is selected by hand.

for (const button of document.querySelectorAll("[data-copies]")) {
  const text = document.getElementById(button.dataset.copies);
  button.hidden = false;
  button.addEventListener("click", async () => {
    text.select();
    const told = button.nextElementSibling;
    try {
      await navigator.clipboard.writeText(text.value);
      told.textContent = "Copied";
    } catch {
      told.textContent = "Press Ctrl and C to copy the selected text";
    }
  });
}
