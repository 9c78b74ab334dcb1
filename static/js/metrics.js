// In tables of versions: how many must be ticked for a button, and names of numbers found while typing.

function countTicked() {
  const form = document.getElementById("chosen-versions");
  if (!form) return;
  const ticked = [...form.elements].filter((field) => field.name === "version" && field.checked).length;
  for (const button of form.querySelectorAll("button")) {
    button.disabled = ticked < Number(button.dataset.least) || ticked > Number(button.dataset.most);
  }
}

/** The server finds among all names; this only among those on the page, without asking it. */
function findColumns(input) {
  const words = input.value.trim().toLowerCase();
  for (const item of document.querySelectorAll("#offered-columns > li")) {
    item.hidden = !item.textContent.toLowerCase().includes(words) && !item.querySelector(":checked");
  }
}

document.addEventListener("change", (event) => event.target.name === "version" && countTicked());
document.addEventListener("input", (event) => event.target.id === "find-columns" && findColumns(event.target));
document.addEventListener("htmx:afterSettle", countTicked);
addEventListener("pageshow", countTicked);
countTicked();
