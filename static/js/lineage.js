// The lineage graph: trace on hover and focus, zoom, drag, full screen, print. Without this script
// the nodes are links and the box scrolls.

const box = () => document.getElementById("graph");
const drawing = () => box()?.querySelector("svg");
let scale = 1;
let left = 0;
let top = 0;
let focused = ""; // id of what gets the focus after a swap, instead of the panel
const LEAST = 0.7; // the smallest scale at which one can read

// ------------------------------------------------------------------ zoom and drag

function zoom(to) {
  const [svg, area] = [drawing(), box()];
  const [width, height] = svg.getAttribute("viewBox").split(" ").slice(2).map(Number);
  const x = (area.scrollLeft + area.clientWidth / 2) / scale;
  const y = (area.scrollTop + area.clientHeight / 2) / scale;
  scale = Math.min(4, Math.max(0.05, to));
  svg.setAttribute("width", width * scale);
  svg.setAttribute("height", height * scale);
  area.scrollTo(x * scale - area.clientWidth / 2, y * scale - area.clientHeight / 2);
}

function fit() {
  const [width, height] = drawing().getAttribute("viewBox").split(" ").slice(2).map(Number);
  zoom(Math.min(1, (box().clientWidth - 2) / width, (box().clientHeight - 2) / height));
}

/** As much of the width as can still be read, with the node that matters in sight. */
function begin() {
  const width = Number(drawing().getAttribute("viewBox").split(" ")[2]);
  zoom(Math.max(LEAST, Math.min(1, box().clientWidth / width)));
  show(".node-current");
  show(".node-chosen");
}

/** The element that goes full screen holds graph and panel, and stays when they are swapped. */
function full() {
  if (document.fullscreenElement) return document.exitFullscreen();
  document.getElementById("lineage-screen").requestFullscreen?.();
}

const tools = {
  in: () => zoom(scale * 1.25),
  out: () => zoom(scale / 1.25),
  fit,
  full,
  print: () => window.print(),
};

let drag = null;

function startDrag(event) {
  const area = event.target.closest?.("#graph");
  if (!area || event.button || event.pointerType !== "mouse") return;
  drag = { x: event.clientX, y: event.clientY, left: area.scrollLeft, top: area.scrollTop, moved: false };
}

function moveDrag(event) {
  if (!drag) return;
  const [x, y] = [event.clientX - drag.x, event.clientY - drag.y];
  if (!drag.moved && Math.hypot(x, y) < 5) return; // a click, so far
  drag.moved = true;
  box().classList.add("is-dragged");
  box().scrollTo(drag.left - x, drag.top - y);
}

function endDrag() {
  box()?.classList.remove("is-dragged");
  setTimeout(() => (drag = null)); // the click that ends a drag comes first
}

// ------------------------------------------------------------------ trace

/** All nodes that the edges lead to from this one, one way. */
function reach(key, from, to) {
  const next = new Map();
  for (const edge of drawing().querySelectorAll("[data-edge]")) {
    const ends = edge.dataset.edge.split(" ");
    if (!next.has(ends[from])) next.set(ends[from], []);
    next.get(ends[from]).push(ends[to]);
  }
  const found = new Set([key]);
  for (const each of found) for (const after of next.get(each) ?? []) found.add(after);
  return found;
}

const keyOf = (node) => node.id.replace("node-", "");

function trace(node) {
  const svg = drawing();
  if (svg.querySelector("[data-edge].on-trace") && !svg.dataset.traced) return; // a path is shown
  const [before, after] = [reach(keyOf(node), 1, 0), reach(keyOf(node), 0, 1)];
  svg.dataset.traced = keyOf(node);
  svg.classList.add("tracing");
  for (const each of svg.querySelectorAll(".node")) {
    each.classList.toggle("on-trace", before.has(keyOf(each)) || after.has(keyOf(each)));
  }
  for (const edge of svg.querySelectorAll("[data-edge]")) {
    const [start, end] = edge.dataset.edge.split(" ");
    edge.classList.toggle("on-trace", (before.has(start) && before.has(end)) || (after.has(start) && after.has(end)));
  }
}

function endTrace() {
  const svg = drawing();
  if (!svg?.dataset.traced) return;
  delete svg.dataset.traced;
  svg.classList.remove("tracing");
  for (const each of svg.querySelectorAll(".on-trace")) each.classList.remove("on-trace");
}

// ------------------------------------------------------------------ what one does

document.addEventListener("click", (event) => {
  const tool = event.target.closest("[data-graph]");
  if (tool) return tools[tool.dataset.graph]();
  // htmx takes no clicks on links of a drawing; the others keep full screen, too
  const link = event.target.closest('#lineage a[href^="?"]');
  if (!link) return;
  if (drag?.moved) return event.preventDefault();
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  focused = link.dataset.focusId ?? "lineage-details-head";
  link.setAttribute("hx-push-url", "true");
  const [url] = link.getAttribute("href").split("#"); // the panel, for those without a script
  htmx.ajax("GET", url, { source: link, target: "#lineage", swap: "outerHTML" });
});
document.addEventListener("pointerdown", startDrag);
document.addEventListener("pointermove", moveDrag);
document.addEventListener("pointerup", endDrag);
document.addEventListener("dragstart", (event) => event.target.closest?.("#graph") && event.preventDefault());
for (const [begin, end] of [["mouseover", "mouseout"], ["focusin", "focusout"]]) {
  document.addEventListener(begin, ({ target }) => {
    const node = target.closest?.("#graph .node");
    if (node) trace(node);
  });
  document.addEventListener(end, ({ target }) => target.closest?.("#graph .node") && endTrace());
}
document.addEventListener("keydown", (event) => {
  if (event.target.closest?.("#lineage-details") && event.key === "Escape") {
    return document.querySelector("#lineage-details [data-close]").click();
  }
  if (!event.target.closest?.("#graph") || event.ctrlKey || event.metaKey || event.altKey) return;
  const tool = { "+": "in", "=": "in", "-": "out", 0: "fit" }[event.key];
  if (!tool) return;
  event.preventDefault();
  tools[tool]();
});
document.addEventListener("wheel", (event) => {
  if (!event.ctrlKey || !event.target.closest?.("#graph")) return;
  event.preventDefault();
  zoom(scale * (event.deltaY < 0 ? 1.1 : 1 / 1.1));
}, { passive: false });

// ------------------------------------------------------------------ where one was

/** Scroll to a node, unless it is in sight. */
function show(selector) {
  const [area, node] = [box(), drawing()?.querySelector(`${selector} rect:last-of-type`)];
  if (!node) return;
  const [own, seen] = [node.getBoundingClientRect(), area.getBoundingClientRect()];
  const inside = own.left >= seen.left && own.right <= seen.right && own.top >= seen.top && own.bottom <= seen.bottom;
  if (inside) return;
  area.scrollBy(own.x - seen.x - (seen.width - own.width) / 2, own.y - seen.y - (seen.height - own.height) / 2);
}

/** On a narrow screen the panel stands below the graph: it has to come into sight. */
function focus() {
  const found = [focused, "lineage-path", "graph"].map((id) => document.getElementById(id)).find(Boolean);
  const target = found?.querySelector(":scope > th a") ?? found; // of a row, its link
  const panel = matchMedia("(width < 1100px)").matches && target?.closest("#lineage-details");
  target?.focus({ preventScroll: true });
  (panel || target)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  focused = "";
}

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id === "lineage" && box()) [left, top] = [box().scrollLeft, box().scrollTop];
});
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id !== "lineage" && detail.elt?.id !== "lineage") return;
  if (box()) {
    box().classList.add("can-drag");
    zoom(scale);
    box().scrollTo(left, top);
    show(".node-chosen");
  }
  if (focused) focus();
});
document.addEventListener("fullscreenchange", () => box() && begin());
if (box()) {
  box().classList.add("can-drag");
  begin();
}
