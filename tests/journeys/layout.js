// What is wrong on the page as it stands, each as a sentence; highest: of a table's row, in px.
(highest) => {
  const troubles = new Set();
  const shown = (element) =>
    element.checkVisibility({visibilityProperty: true}) && !element.closest(".visually-hidden");
  if (document.documentElement.scrollWidth > innerWidth)
    troubles.add(`the page is ${document.documentElement.scrollWidth} px wide`);

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (texts.nextNode()) {
    const text = texts.currentNode, element = text.parentElement;
    if (!text.data.trim() || !shown(element) || element.closest("pre, code, svg, script")) continue;
    for (const word of text.data.matchAll(/(?<![^\s(])[\p{L}\p{N}.,]{2,14}(?![^\s).,:;])/gu)) {
      range.setStart(text, word.index);
      range.setEnd(text, word.index + word[0].length);
      const lines = [...range.getClientRects()].filter((line) => line.width).map((line) => Math.round(line.top));
      if (new Set(lines).size > 1) troubles.add(`“${word[0]}” is broken in ${element.outerHTML.slice(0, 80)}`);
    }
  }

  for (const box of document.querySelectorAll(".table-scroll")) {
    if (!shown(box)) continue;
    const edges = box.getBoundingClientRect();
    const name = box.getAttribute("aria-label") || box.getAttribute("aria-labelledby");
    const rows = [...box.querySelectorAll("tbody tr")].map((row) => row.getBoundingClientRect().height);
    const height = Math.max(0, ...rows);
    if (height > highest) troubles.add(`a row of ${name} is ${height} px high`);
    for (const action of box.querySelectorAll("td.actions :is(a, button)")) {
      const place = action.getBoundingClientRect();
      if (!place.width) continue;
      if (place.left < Math.max(0, edges.left) || place.right > Math.min(innerWidth, edges.right))
        troubles.add(`an action of ${name} is out of sight`);
    }
  }
  const account = document.querySelector(".rail .me");
  if (account && shown(account) && account.getBoundingClientRect().bottom > innerHeight)
    troubles.add("the account is below the window");
  return [...troubles];
}
