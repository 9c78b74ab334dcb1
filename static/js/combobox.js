// A text field with a list of what fits: ARIA 1.2's combobox with list autocomplete. The list is a
// popover, so that no scrolling box cuts it off.

export const make = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  if (properties.role) element.setAttribute("role", properties.role);
  element.append(...children);
  return element;
};
const say = (text) => document.dispatchEvent(new CustomEvent("announce", { detail: text }));
export const fold = (text) => text.normalize("NFKC").toLowerCase().trim();

/** Rows whose text has every word, those first that are meant by a name of theirs exactly. */
export function fitting(rows, typed) {
  const text = fold(typed);
  const words = text.split(/\s+/);
  const isMeant = (row) => row.names.some((name) => fold(name) === text);
  const begins = (row) => fold(row.text).startsWith(text);
  const rank = (row) => (isMeant(row) ? 0 : (begins(row) ? 1 : 2) + (row.off ? 2 : 0));
  const fits = rows.filter((row) => words.every((word) => fold(row.text).includes(word)));
  return text ? fits.sort((one, other) => rank(one) - rank(other)) : fits;
}

// ------------------------------------------------------------------ the field and its list

/**
 * `owner` knows what there is in its `field`: rows(text) are {text, names, off, isChosen,
 * content()}, and `none` is said where there are none. It is told of typed() (false: offer
 * nothing), choose(row), leave("tab" or "blur", the marked row), revert() and enter(), which says
 * whether Enter was meant for the field.
 */
export class Combobox {
  constructor(input, owner) {
    Object.assign(this, { input, owner, rows: [], at: -1 });
    this.list = make("ul", { id: `${input.id}-list`, role: "listbox" });
    this.list.setAttribute("aria-label", owner.field.dataset.list);
    this.note = make("p", { className: "listbox-note" });
    this.popup = make("div", { className: "listbox", popover: "manual" }, this.list, this.note);
    input.after(this.popup);
    input.combobox = this;
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", this.list.id);
    input.setAttribute("aria-expanded", "false");
    Object.assign(input, { autocomplete: "off", spellcheck: false });
    input.addEventListener("input", () => owner.typed() !== false && this.open(true));
    input.addEventListener("keydown", (event) => event.isComposing || this.key(event));
    input.addEventListener("click", () => this.isOpen || this.open());
    input.addEventListener("blur", () => {
      this.close();
      owner.leave("blur");
    });
    // The field keeps the focus.
    this.popup.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", ({ target }) => {
      this.pick(this.rows[[...this.list.children].indexOf(target.closest("li"))]);
    });
  }

  get isOpen() {
    return this.popup.matches(":popover-open");
  }

  /** Show what fits: while typing with the best marked, else all, with the chosen one marked. */
  open(isTyping = false) {
    this.rows = this.owner.rows(isTyping ? this.input.value : "");
    this.list.replaceChildren(...this.rows.map((row, at) => this.item(row, at)));
    this.list.hidden = !this.rows.length;
    this.note.textContent = this.rows.length ? "" : this.owner.none;
    if (!this.rows.length) say(this.owner.none);
    if (!this.isOpen) this.popup.showPopover();
    this.input.setAttribute("aria-expanded", String(this.rows.length > 0));
    this.place();
    this.mark(isTyping && this.rows.length ? 0 : this.rows.findIndex((row) => row.isChosen));
  }

  item(row, at) {
    const item = make("li", { id: `${this.list.id}-${at}`, role: "option" }, ...row.content());
    item.setAttribute("aria-selected", String(Boolean(row.isChosen)));
    if (row.off) item.setAttribute("aria-disabled", "true");
    return item;
  }

  follow() {
    if (this.isOpen) this.place();
  }

  close() {
    if (this.isOpen) this.popup.hidePopover();
    this.input.setAttribute("aria-expanded", "false");
    this.mark(-1);
  }

  place() {
    const box = this.input.getBoundingClientRect();
    const below = innerHeight - box.bottom - 12;
    const isAbove = below < 160 && box.top > below;
    Object.assign(this.popup.style, {
      left: `${box.left}px`,
      width: `${box.width}px`,
      top: isAbove ? "auto" : `${box.bottom + 4}px`,
      bottom: isAbove ? `${innerHeight - box.top + 4}px` : "auto",
      maxHeight: `${Math.min(320, isAbove ? box.top - 12 : below)}px`,
    });
  }

  mark(at) {
    this.list.children[this.at]?.classList.remove("active");
    this.at = at;
    const item = this.list.children[at];
    item?.classList.add("active");
    item?.scrollIntoView({ block: "nearest" });
    if (item) this.input.setAttribute("aria-activedescendant", item.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  /** Close and hand the row over; one that is off stays, and its reason is read out. */
  pick(row) {
    if (!row) return;
    if (row.off) return say(row.text);
    this.close();
    this.owner.choose(row);
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (!this.isOpen) return this.open();
      const length = this.rows.length;
      const first = step > 0 ? 0 : length - 1;
      return length && this.mark(this.at < 0 ? first : (this.at + step + length) % length);
    }
    if (event.key === "Escape" && this.isOpen) {
      event.preventDefault();
      event.stopPropagation(); // the dialog stays
      this.close();
      this.owner.revert?.();
    } else if (event.key === "Enter" && this.isOpen && this.rows[this.at]) {
      event.preventDefault();
      this.pick(this.rows[this.at]);
    } else if (event.key === "Enter") {
      if (this.owner.enter()) event.preventDefault();
    } else if (event.key === "Tab") {
      const row = this.rows[this.at];
      this.close(); // before the focus moves: a list that scrolls would take it
      this.owner.leave("tab", row);
    }
  }
}

const follow = () => document.activeElement?.combobox?.follow();
for (const name of ["scroll", "resize"]) {
  addEventListener(name, follow, { capture: true, passive: true });
}
