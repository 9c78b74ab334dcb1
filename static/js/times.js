// Exact times: the server writes them in UTC, and only the browser knows its own zone. Titles of times
// and chips show on focus, too. Pages work without it.

const written = new Intl.DateTimeFormat("sv", { dateStyle: "short", timeStyle: "medium" }); // 2026-01-31 23:59:59
const zone = new Intl.DateTimeFormat(document.documentElement.lang, { timeZoneName: "short" });

/** The server writes UTC into the title; the browser's own time goes in front of it. */
function sayLocally(time) {
  if (time.dataset.local || !time.dateTime) return;
  const moment = new Date(time.dateTime);
  const name = zone.formatToParts(moment).find((part) => part.type === "timeZoneName").value;
  time.dataset.local = name;
  if (name !== "UTC") time.title = `${written.format(moment)} ${name} · ${time.title}`;
}

/** Times of day stand in the open, so they are changed before anybody points at them. */
function sayClocksLocally() {
  for (const time of document.querySelectorAll("time[data-clock]:not([data-local])")) {
    sayLocally(time);
    time.textContent = written.format(new Date(time.dateTime)).split(" ")[1];
  }
}

function showTip(time) {
  hideTip();
  sayLocally(time);
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.popover = "manual";
  tip.setAttribute("aria-hidden", "true"); // the title says it already
  tip.textContent = time.title;
  (time.closest("dialog") || document.body).append(tip);
  tip.showPopover();
  const box = time.getBoundingClientRect();
  const own = tip.getBoundingClientRect();
  const above = box.top - own.height - 6;
  tip.style.left = `${Math.max(8, Math.min(box.left, innerWidth - own.width - 8))}px`;
  tip.style.top = `${above > 8 ? above : box.bottom + 6}px`;
}

function hideTip() {
  document.querySelector(".tip")?.remove();
}

document.addEventListener("focusin", (event) => {
  if (event.target.matches?.(":is(time, .chip, .chip-text)[title]:focus-visible")) showTip(event.target);
});
document.addEventListener("pointerover", (event) => event.target.matches?.("time[title]") && sayLocally(event.target));
document.addEventListener("htmx:afterSettle", sayClocksLocally);
sayClocksLocally();
document.addEventListener("focusout", hideTip);
document.addEventListener("scroll", hideTip, { capture: true, passive: true });
document.addEventListener("keydown", (event) => event.key === "Escape" && hideTip());
