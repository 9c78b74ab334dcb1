// In tables of versions: how many must be ticked for a button, and names of numbers found while typing.

function countTicked() {
  const form = document.getElementById("chosen-versions");
  if (!form) return;
  const ticked = [...form.elements].filter((field) => field.name === "version" && field.checked).length;
  for (const button of form.querySelectorAll("button")) {
    button.disabled = ticked < Number(button.dataset.least) || ticked > Number(button.dataset.most);
  }
}

const ticked = () => [...document.querySelectorAll("input[form='chosen-versions']:checked")].map((field) => field.value);

/** The same address with what is ticked now. */
function withTicks(address) {
  const url = new URL(address, location.href);
  url.searchParams.delete("version");
  for (const name of ticked()) url.searchParams.append("version", name);
  return url.pathname + url.search;
}

/** The server finds among all names; this only among those on the page, without asking it. */
function findColumns(input) {
  const words = input.value.trim().toLowerCase();
  for (const item of document.querySelectorAll("#offered-columns > li")) {
    item.hidden = !item.textContent.toLowerCase().includes(words) && !item.querySelector(":checked");
  }
}

document.addEventListener("change", ({ target }) => {
  if (!target.matches?.("input[form='chosen-versions']")) return;
  countTicked();
  history.replaceState(history.state, "", withTicks(location.href));
});
// What is ticked goes along to another page of the table, and through its filter.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb !== "get" || detail.target?.id !== "versions") return;
  detail.path = withTicks(detail.path);
  detail.formData.delete("version");
});
document.addEventListener("input", (event) => event.target.id === "find-columns" && findColumns(event.target));
document.addEventListener("htmx:afterSettle", countTicked);
addEventListener("pageshow", countTicked);
countTicked();
