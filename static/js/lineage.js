// The lineage graph: trace on hover and focus, zoom, drag, full screen, print. Without this script
// the nodes are links and the box scrolls.

const box = () => document.getElementById("graph");
const drawing = () => box()?.querySelector("svg");
let scale = 1;
let left = 0;
let top = 0;
let focused = ""; // id of what gets the focus after a swap, instead of the panel
let framed = ""; // key of the node that is to be in sight after a swap, with those beside it
let rest = null; // where the mouse stood at the last click, until it points at something else
const LEAST = 0.7; // the smallest scale at which one can read
const LEAST_AT_ALL = 0.4; // the smallest at which a page opens
const [MARGIN, COLUMN, GAP, ROW] = [16, 256, 56, 84]; // the first three as in lineage_layout.py

// ------------------------------------------------------------------ zoom and drag

function zoom(to) {
  const [svg, area] = [drawing(), box()];
  const [width, height] = viewBox();
  const x = (area.scrollLeft + area.clientWidth / 2) / scale;
  const y = (area.scrollTop + area.clientHeight / 2) / scale;
  scale = Math.min(4, Math.max(0.05, to));
  svg.setAttribute("width", width * scale);
  svg.setAttribute("height", height * scale);
  area.scrollTo(x * scale - area.clientWidth / 2, y * scale - area.clientHeight / 2);
}

function fit() {
  const [width, height] = viewBox();
  zoom(Math.min(1, (box().clientWidth - 2) / width, (box().clientHeight - 2) / height));
}

const viewBox = () => drawing().getAttribute("viewBox").split(" ").slice(2).map(Number);

/** The sides of these nodes, in the measures of the drawing. */
function sides(nodes) {
  const places = nodes.map((node) => {
    const { e: left, f: top } = node.transform.baseVal.consolidate().matrix;
    const { width, height } = node.querySelector("rect:last-of-type");
    return [left, top, left + width.baseVal.value, top + height.baseVal.value];
  });
  const [left, top] = [0, 1].map((at) => Math.min(...places.map((place) => place[at])));
  const [right, bottom] = [2, 3].map((at) => Math.max(...places.map((place) => place[at])));
  return { left, top, right, bottom };
}

/** A node with those beside it. */
function surroundings(key) {
  const edges = [...drawing().querySelectorAll("[data-edge]")].map((edge) => edge.dataset.edge.split(" "));
  const keys = new Set([key, ...edges.filter((ends) => ends.includes(key)).flat()]);
  return [...drawing().querySelectorAll(".node")].filter((node) => keys.has(keyOf(node)));
}

/** How to begin: whole columns, as many as can be read, and at least those beside the node that matters. */
function begin(key = "") {
  const svg = drawing();
  const node = svg.querySelector(key ? `#node-${CSS.escape(key)}` : ".node-chosen, .node-current") ?? svg.querySelector(".node");
  const around = surroundings(keyOf(node));
  turn(around);
  const [area, seen, [width]] = [box(), sides(around), viewBox()];
  if (svg.dataset.turned) {
    zoom(Math.min(1, Math.max(LEAST_AT_ALL, area.clientWidth / (seen.right - seen.left + 2 * MARGIN))));
    area.scrollLeft = ((seen.left + seen.right) / 2) * scale - area.clientWidth / 2;
  } else {
    const columns = (size) => Math.round((size + GAP) / COLUMN);
    const [all, beside] = [columns(width - 2 * MARGIN), columns(seen.right - seen.left)];
    const most = Math.floor((area.clientWidth / LEAST - 2 * MARGIN + GAP) / COLUMN);
    const shown = Math.min(all, Math.max(most, beside));
    zoom(Math.min(1, Math.max(LEAST_AT_ALL, area.clientWidth / (2 * MARGIN + shown * COLUMN - GAP))));
    const first = columns(seen.left - MARGIN - GAP) - Math.floor((shown - beside) / 2);
    area.scrollLeft = Math.max(0, Math.min(first, all - shown)) * COLUMN * scale;
  }
  const fits = (seen.bottom - seen.top + 2 * MARGIN) * scale <= area.clientHeight;
  const { top, bottom } = fits ? seen : sides([node]);
  area.scrollTop = ((top + bottom) / 2) * scale - area.clientHeight / 2;
}

/** On a narrow screen the columns stand below each other, if so more can be read around the node. */
function turn(around) {
  const svg = drawing();
  if (svg.dataset.turned || !matchMedia("(width < 600px)").matches) return;
  const columns = new Map();
  for (const node of svg.querySelectorAll(".node")) {
    const { left } = sides([node]);
    columns.set(left, [...(columns.get(left) ?? []), node]);
  }
  const beside = COLUMN - GAP + MARGIN; // from one node to the next
  const most = Math.max(...[...columns.values()].map((nodes) => nodes.length));
  const widest = Math.max(...[...columns.values()].map((nodes) => nodes.filter((node) => around.includes(node)).length));
  const { left, right } = sides(around);
  if (widest * beside >= right - left) return;
  svg.dataset.turned = "true";
  const places = new Map();
  [...columns.keys()].sort((one, other) => one - other).forEach((column, row) => {
    columns.get(column).sort((one, other) => sides([one]).top - sides([other]).top).forEach((node, at, nodes) => {
      const [x, y] = [MARGIN + ((most - nodes.length) / 2 + at) * beside, MARGIN + row * ROW];
      node.setAttribute("transform", `translate(${x} ${y})`);
      places.set(keyOf(node), sides([node]));
    });
  });
  for (const edge of svg.querySelectorAll("[data-edge]")) {
    const [start, end] = edge.dataset.edge.split(" ").map((key) => places.get(key));
    const [x, y, toX, toY] = [(start.left + start.right) / 2, start.bottom, (end.left + end.right) / 2, end.top];
    const half = toY > y ? (toY - y) / 2 : ROW;
    edge.setAttribute("d", `M${x} ${y}C${x} ${y + half} ${toX} ${toY - half} ${toX} ${toY}`);
  }
  svg.setAttribute("viewBox", `0 0 ${MARGIN + most * beside} ${columns.size * ROW + MARGIN}`);
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
  framed = focused === "graph" ? new URLSearchParams(link.search).getAll("open").pop()?.split(".")[0] : "";
  rest = { x: event.clientX, y: event.clientY };
  endTrace();
  link.setAttribute("hx-push-url", "true");
  const [url] = link.getAttribute("href").split("#"); // the panel, for those without a script
  htmx.ajax("GET", url, { source: link, target: "#lineage", swap: "outerHTML" });
});
document.addEventListener("pointerdown", startDrag);
document.addEventListener("pointermove", moveDrag);
document.addEventListener("pointerup", endDrag);
document.addEventListener("dragstart", (event) => event.target.closest?.("#graph") && event.preventDefault());
for (const [begin, end] of [["mouseover", "mouseout"], ["focusin", "focusout"]]) {
  document.addEventListener(begin, ({ type, target, clientX, clientY }) => {
    const node = target.closest?.("#graph .node");
    // a node that came under the mouse by itself, after a click, is not pointed at
    if (!node || (type === "mouseover" && rest && Math.hypot(rest.x - clientX, rest.y - clientY) < 2)) return;
    rest = null;
    trace(node);
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

/** Scroll no further than it takes to have a node in sight, with those beside it if there is room. */
function show(node) {
  if (!node) return;
  const [area, around] = [box(), sides(surroundings(keyOf(node)))];
  const [width, height] = [area.clientWidth, area.clientHeight];
  const length = (start, end) => (end - start + 2 * MARGIN) * scale;
  const fits = length(around.left, around.right) <= width && length(around.top, around.bottom) <= height;
  const seen = fits ? around : sides([node]);
  const nearest = (from, size, start, end) =>
    Math.min(Math.max(from, (end + MARGIN) * scale - size), (start - MARGIN) * scale);
  area.scrollTo(
    nearest(area.scrollLeft, width, seen.left, seen.right),
    nearest(area.scrollTop, height, seen.top, seen.bottom),
  );
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
// not before it has settled: until then htmx gives nodes their former attributes
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target.id !== "lineage" && detail.elt?.id !== "lineage") return;
  if (box()) {
    box().classList.add("can-drag");
    if (framed || matchMedia("(width < 600px)").matches) begin(framed);
    else {
      zoom(scale);
      box().scrollTo(left, top);
      show(drawing().querySelector(".node-chosen"));
    }
  }
  framed = "";
  if (focused) focus();
});
document.addEventListener("fullscreenchange", () => box() && begin());
document.addEventListener("htmx:historyRestore", () => box() && begin());
if (box()) {
  box().classList.add("can-drag");
  begin();
}
