// Warns before the session ends, as often as it is about to, and says when it has. When that is, the server tells.

const WARNING = 120_000;
const dialog = document.querySelector("#session-dialog");
const stay = dialog.querySelector("form");
const tabs = new BroadcastChannel(`session ${stay.action}`);
let end, timer;

function show(...states) {
  for (const part of dialog.querySelectorAll("[data-shown]")) {
    part.hidden = !part.dataset.shown.split(" ").some((state) => states.includes(state));
  }
  if (!dialog.open) dialog.showModal();
}

function over() {
  clearTimeout(timer);
  dialog.querySelector("#session-title").textContent = "You have been signed out";
  dialog.querySelector("[data-back]").href = location.pathname + location.search;
  dialog.classList.add("app-dialog--over");
  show("over");
}

function check() {
  clearTimeout(timer);
  const left = end.at - Date.now();
  if (left <= 0) return over();
  if (left <= WARNING) show(end.forGood ? "for-good" : "prolong");
  timer = setTimeout(check, left <= WARNING ? left : left - WARNING);
}

function holds({ secondsLeft, forGood, time }) {
  end = { at: Date.now() + secondsLeft * 1000, forGood };
  for (const place of document.querySelectorAll("#session-end, #session-dialog [data-time]")) place.textContent = time;
  dialog.close();
  check();
}

async function prolong() {
  const answer = await fetch(stay.action, { method: "POST", body: new URLSearchParams(new FormData(stay)) });
  if (answer.redirected) return over();
  const told = await answer.json();
  tabs.postMessage(told);
  holds(told);
}

function tryToProlong(event) {
  event.preventDefault();
  prolong().catch(() => show("prolong", "failed"));
}

function leave(event) {
  if (end.forGood) return;
  event.preventDefault();
  if (!dialog.classList.contains("app-dialog--over")) tryToProlong(event);
}

const told = { ...dialog.dataset, secondsLeft: Number(dialog.dataset.secondsLeft), forGood: "forGood" in dialog.dataset };
tabs.addEventListener("message", ({ data }) => holds(data));
tabs.postMessage(told);
stay.addEventListener("submit", tryToProlong);
dialog.addEventListener("cancel", leave);
dialog.querySelector("[data-closes]").addEventListener("click", () => dialog.close());
document.addEventListener("visibilitychange", () => document.hidden || check());
holds(told);
