// The little that HTML and htmx leave to a script: copying, dialogs, menus by keyboard,
// where the focus goes and what is said aloud. Pages work without it.

const overlay = () => document.getElementById("overlay");
const dialog = () => overlay()?.querySelector("dialog");

/** Say a text aloud. A modal dialog makes the rest of the page silent, so it has its own announcer. */
function announce(text) {
  const open = dialog();
  const region = (open?.open && open.querySelector("[data-announcer]")) || document.getElementById("announcer");
  region.textContent = "";
  // A new text in the same task as the empty one would not be noticed.
  setTimeout(() => (region.textContent = text), 50);
}

document.addEventListener("announce", ({ detail }) => announce(detail));

// ------------------------------------------------------------------ copy

async function copy(button) {
  const text = button.dataset.copy;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // The clipboard needs HTTPS or localhost; elsewhere select it, so that Ctrl+C does it.
    if (!copyBySelection(button, text)) return;
  }
  const word = button.querySelector(".copy-word");
  button.dataset.word ??= word?.textContent ?? "";
  if (word) word.textContent = button.dataset.copied;
  button.classList.add("copied");
  announce(button.dataset.copied);
  clearTimeout(button.timer);
  button.timer = setTimeout(() => {
    button.classList.remove("copied");
    if (word) word.textContent = button.dataset.word;
  }, 2000);
}

function copyBySelection(button, text) {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  button.after(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  button.focus();
  if (done) return true;
  const shown = button.closest("figure, .copy-line")?.querySelector("code");
  if (shown) getSelection().selectAllChildren(shown);
  announce(button.dataset.copyFailed);
  return false;
}

// ------------------------------------------------------------------ dialog and drawer

let opener = null; // what opened the overlay: gets the focus back
let focusedId = ""; // what had the focus in a dialog that is about to be replaced

function openDialog(again) {
  const element = dialog();
  if (!element || element.open) return;
  element.classList.toggle("again", again);
  // A drawer leaves the page readable and usable; a dialog asks for an answer first.
  if (element.classList.contains("drawer")) element.show();
  else element.showModal();
  const first = // never what deletes: a second Enter must not be the answer
    element.querySelector("[data-focus], [aria-invalid='true']") ||
    (again && focusedId && document.getElementById(focusedId)) ||
    element.querySelector("[autofocus]") ||
    element.querySelector(".dialog-body :is(input:not([type=hidden]), select, textarea, button, a[href]):not(:disabled, .button-danger)") ||
    element.querySelector("button");
  first?.focus();
  element.addEventListener("close", () => {
    if (dialog() !== element) return; // replaced by its next step, not closed
    overlay().replaceChildren();
    returnFocus();
  });
}

/** The opener may have been swapped away meanwhile: then its successor with the same address. */
function returnFocus() {
  if (!opener) return;
  const { element, id, href, menu } = opener;
  opener = null;
  const successor =
    (element.isConnected && element) ||
    (id && document.getElementById(id)) ||
    (href && [...document.querySelectorAll('[hx-target="#overlay"]')].find((link) => link.getAttribute("href") === href));
  // An item of a closed menu can't take the focus; its button can.
  const closedMenu = successor?.closest?.("[popover]:not(:popover-open)")?.id || (!successor && menu);
  const target = closedMenu ? document.querySelector(`[popovertarget="${CSS.escape(closedMenu)}"]`) : successor;
  (target || document.getElementById("main")).focus();
}

function closeOverlay() {
  if (dialog()?.open) dialog().close();
}

// ------------------------------------------------------------------ menus

function moveInMenu(event, menu) {
  const items = [...menu.querySelectorAll(".menu-item")];
  const at = items.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at < 0 ? -1 : at - 1, Home: 0, End: -1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  items.at(next % items.length)?.focus();
}

// ------------------------------------------------------------------ messages

function showError(text) {
  const template = document.createElement("div");
  template.className = "message message-error";
  template.setAttribute("role", "alert");
  const icon = document.querySelector(".icon use")?.getAttribute("href")?.replace(/#.*/, "#circle-alert");
  if (icon) template.innerHTML = `<svg class="icon" aria-hidden="true"><use href="${encodeURI(icon)}"></use></svg>`;
  template.append(Object.assign(document.createElement("p"), { textContent: text }));
  messagesFor(dialog()).replaceChildren(template);
}

function messagesFor(open) {
  return (open?.open && open.querySelector("#dialog-messages")) || document.getElementById("messages");
}

// ------------------------------------------------------------------ events

document.addEventListener("click", (event) => {
  const target = event.target.closest?.("[data-copy], [data-dismiss], [hx-target='#overlay'], .menu-item");
  if (!target) return;
  if (target.matches("[data-copy]")) return void copy(target);
  if (target.matches("[data-dismiss]")) return void target.closest(".message").remove();
  const menu = target.closest("[popover]");
  if (target.matches("a[hx-target='#overlay']") && !target.closest("dialog")) {
    opener = { element: target, id: target.id, href: target.getAttribute("href"), menu: menu?.id };
  }
  if (menu && !target.matches("[aria-disabled]")) menu.hidePopover();
});

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.(".menu-items");
  if (menu) return moveInMenu(event, menu);
  if (event.key === "ArrowDown" && event.target.matches?.(".menu-button")) {
    event.preventDefault();
    document.getElementById(event.target.getAttribute("popovertarget"))?.showPopover({ source: event.target });
  }
  if (event.key === "Escape" && document.querySelector(".tip")) return; // times.js takes it away
  // A modal dialog and a popover close by themselves; a drawer is neither.
  if (event.key === "Escape" && dialog()?.matches(".drawer[open]") && !document.querySelector(":popover-open")) closeOverlay();
});

// A menu that opens takes the focus, so that arrows work and Escape gives it back.
document.addEventListener(
  "toggle",
  (event) => {
    if (event.newState === "open" && event.target.matches?.(".menu-items")) event.target.querySelector(".menu-item")?.focus();
  },
  true,
);

document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, xhr, requestConfig } = event.detail;
  // A whole page instead of a piece of one: the answer was sent on, to the sign-in page for example.
  if (xhr.status < 400 && /^\s*<!doctype/i.test(xhr.response)) {
    event.detail.shouldSwap = false;
    return location.assign(xhr.responseURL);
  }
  if (target === overlay()) focusedId = overlay().contains(document.activeElement) ? document.activeElement.id : "";
  // A refusal shows where one is looking: in the open dialog if it was asked for there.
  // An answer that says itself where it belongs (a form that came back) goes there.
  const isRefusal = xhr.status >= 400 && xhr.status < 500 && xhr.status !== 422 && !xhr.getResponseHeader("HX-Retarget");
  if (isRefusal && dialog()?.contains(requestConfig?.elt)) {
    event.detail.target = messagesFor(dialog());
  }
});

// The address is that of the page one still sees.
document.addEventListener("htmx:beforeHistoryUpdate", ({ detail }) => {
  if (detail.failed) detail.history.type = "";
});

let lostFocus = false;
document.addEventListener("htmx:beforeRequest", () => (lostFocus = document.activeElement !== document.body));

document.addEventListener("htmx:afterSwap", (event) => {
  const { target, elt } = event.detail;
  if (target === overlay()) return openDialog(Boolean(elt?.closest?.("dialog")) || focusedId !== "");
  const fresh = (target?.id && document.getElementById(target.id)) || target;
  // The last one says most: the number of results, or below a table also their order and page.
  const counts = fresh?.querySelectorAll?.("[data-announce]");
  if (counts?.length) announce(counts[counts.length - 1].textContent.trim());
});

document.addEventListener("htmx:afterSettle", (event) => {
  // What had the focus was swapped away (the last Next, a removed chip): stay near it.
  if (!lostFocus || document.activeElement !== document.body || dialog()?.open) return;
  const fresh = event.detail.target?.id && document.getElementById(event.detail.target.id);
  if (!fresh || fresh.id === "messages") return;
  if (!fresh.hasAttribute("tabindex")) fresh.tabIndex = -1;
  fresh.dataset.focus = "";
  fresh.focus({ preventScroll: true });
});

document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status >= 500) showError(document.getElementById("announcer").dataset.serverError);
});
for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, () => showError(document.getElementById("announcer").dataset.networkError));
}
// What scrolls sideways in a card's Markdown must be within a keyboard's reach.
function reachScrollers() {
  for (const box of document.querySelectorAll(".prose :is(table, pre)")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  }
}
reachScrollers();
document.addEventListener("htmx:afterSettle", reachScrollers);
addEventListener("resize", reachScrollers);

document.querySelector(".rail-links [aria-current]")?.scrollIntoView({ block: "nearest" });

// After the swap of the same answer, so that htmx still finds the form that asked.
document.addEventListener("closeOverlay", () => setTimeout(closeOverlay));
// A whole page that came back with a refusal or a question begins there.
if (!document.querySelector("[autofocus]")) document.querySelector("main [data-focus]")?.focus();
