// Trees of values: the row that one points at, or moves to by arrow, copies its path and its value.

/** The way to a row: the keys of all rows around it. */
function pathOf(row, tree) {
  const keys = [];
  for (let item = row.closest("li"); item && tree.contains(item); item = item.parentElement.closest("li")) {
    keys.unshift(item.querySelector(".key").textContent);
  }
  return [tree.dataset.path, ...keys].filter(Boolean).join(".");
}

function offerCopies(row) {
  const tree = row.closest(".json-tree");
  if (!row.querySelector(".copy")) {
    const buttons = tree.querySelector("template").content.cloneNode(true);
    const [path, value] = buttons.querySelectorAll("button");
    path.dataset.copy = path.title = pathOf(row, tree);
    value.dataset.copy = row.querySelector(".mono").textContent;
    value.title = value.getAttribute("aria-label");
    if (row.querySelector("a")) value.remove(); // only its beginning is here
    row.append(buttons);
  }
}

function rowOf(event) {
  return event.target.closest?.(".json-tree .leaf");
}

for (const kind of ["pointerover", "focusin"]) {
  document.addEventListener(kind, (event) => rowOf(event) && offerCopies(rowOf(event)));
}

// One stop for Tab in each tree; within it the arrows lead from row to row.
document.addEventListener("keydown", (event) => {
  const tree = event.target.closest?.(".json-tree");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!tree || !step) return;
  const rows = [...tree.querySelectorAll(".leaf, summary")].filter((row) => row.checkVisibility());
  const next = rows[rows.indexOf(event.target.closest(".leaf, summary")) + step];
  if (!next) return;
  event.preventDefault();
  if (next.matches(".leaf")) next.tabIndex = -1;
  next.focus();
});
