// While a run goes on, its page asks for itself now and then and takes over what changed, part by
// part. What one has in hand (focus, selected or typed text, an open menu, a film) waits its turn.
// Without this the link "Refresh" loads the page again.

const refresh = () => document.getElementById("run-refresh");
const isOurs = (event) => event.detail.elt?.id === "run-refresh";
const isAsked = (event) => Boolean(event.detail.requestConfig?.triggeringEvent); // a click, no timer
const parts = (root) => root.querySelectorAll("[data-live]");
const said = new Map(); // what the server last said, by the id of the part
let isOver = false;

/** A part as the server sent it, without what passing time and scripts make of it. */
function told(part) {
  const copy = part.cloneNode(true);
  for (const time of copy.querySelectorAll("time")) {
    time.textContent = "";
    for (const name of ["title", "data-local", "tabindex"]) time.removeAttribute(name);
  }
  for (const each of copy.querySelectorAll("details")) each.removeAttribute("open");
  for (const each of copy.querySelectorAll("[class]")) each.classList.remove("htmx-request", "htmx-settling", "copied");
  return copy.innerHTML.replace(/\s+/g, " ");
}

function isInHand(part) {
  const selection = getSelection();
  return (
    part.contains(document.activeElement) ||
    (!selection.isCollapsed && selection.rangeCount && selection.getRangeAt(0).intersectsNode(part)) ||
    Boolean(part.querySelector(":popover-open")) ||
    [...part.querySelectorAll("input:not([type=hidden])")].some((field) => field.value !== field.defaultValue) ||
    [...part.querySelectorAll("audio, video")].some((each) => !each.paused)
  );
}

/** What was open stays open, and what was scrolled stays there; a log at its end stays at its end. */
function keepPlaces(part, fresh) {
  const summaries = (root) => [...root.querySelectorAll("details")].map((each) => [each, each.querySelector("summary")?.textContent]);
  for (const [each, text] of summaries(part)) {
    const same = summaries(fresh).find(([, other]) => other === text)?.[0];
    if (same) same.open = each.open;
  }
  const before = [...part.querySelectorAll(".log, .table-scroll")];
  const places = before.map((box) => [box.scrollTop + box.clientHeight >= box.scrollHeight - 2 && box.scrollTop > 0, box.scrollTop, box.scrollLeft]);
  part.replaceWith(fresh);
  [...fresh.querySelectorAll(".log, .table-scroll")].forEach((box, at) => {
    const [isAtEnd, top, left] = places[at] ?? [];
    box.scrollTop = isAtEnd ? box.scrollHeight : (top ?? 0);
    box.scrollLeft = left ?? 0;
  });
}

function takeOver(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const fresh of parts(page)) {
    const part = document.getElementById(fresh.id);
    const text = told(fresh);
    if (!part || said.get(fresh.id) === text || isInHand(part)) continue;
    said.set(fresh.id, text);
    const own = document.importNode(fresh, true);
    keepPlaces(part, own);
    htmx.process(own);
  }
  if (!page.getElementById("run-refresh")) {
    const hadFocus = document.activeElement === refresh();
    refresh()?.remove();
    if (hadFocus) document.getElementById("main").focus({ preventScroll: true });
  }
  document.dispatchEvent(new CustomEvent("htmx:afterSettle", { detail: {} })); // clocks are local
}

for (const part of parts(document)) said.set(part.id, told(part));

document.addEventListener("htmx:configRequest", (event) => {
  if (isOurs(event)) event.detail.path = location.pathname + location.search; // what one sees by now
});
document.addEventListener("htmx:beforeRequest", (event) => {
  if (isOurs(event) && !isAsked(event) && (isOver || document.hidden)) event.preventDefault();
});
// Who was signed out meanwhile is sent to sign in when they do something, not by a timer.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (!isOurs(event) || isAsked(event) || !event.detail.xhr.getResponseHeader("HX-Redirect")) return;
  isOver = true;
  event.preventDefault();
});
document.addEventListener(
  "htmx:beforeSwap",
  (event) => {
    if (event.detail.requestConfig?.elt?.id !== "run-refresh") return;
    const { xhr } = event.detail;
    const isPart = xhr.status < 400 && !/^\s*<!doctype/i.test(xhr.response);
    if (!isPart && isAsked(event)) return; // a click is answered as any other
    event.detail.shouldSwap = false;
    event.stopImmediatePropagation();
    if (!isPart) isOver = true; // signed out, or gone: nobody asked, so nothing is said
    else takeOver(xhr.response);
    if (isPart && isAsked(event)) document.getElementById("announcer").textContent = refresh()?.dataset.refreshed ?? "";
  },
  true,
);
// A server that is away for a while is no news to who didn't ask.
for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.addEventListener(name, (event) => isOurs(event) && !isAsked(event) && event.stopImmediatePropagation(), true);
}
