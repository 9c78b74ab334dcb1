// Several names in one field: each is a token, chosen of the checkboxes that the page has without a
// script, or typed. What is typed and no token yet is sent as it stands.

import { Combobox, fitting, make } from "./combobox.js";

export class Tokens {
  constructor(field) {
    this.field = field;
    this.input = field.querySelector("input[type=text]");
    this.list = make("ul", { className: "tokens" });
    this.input.before(this.list);
    this.none = field.dataset.none;
    this.box = new Combobox(this.input, this);
    this.input.addEventListener("keydown", (event) => event.isComposing || this.key(event));
    this.list.addEventListener("click", ({ target }) => {
      if (target.closest("button")) this.drop(target.closest("li"));
    });
    for (const box of this.boxes.filter((each) => each.checked)) {
      this.add(box.value);
      box.checked = false; // from here on its token says so
    }
  }

  get boxes() {
    return [...this.field.querySelectorAll("input[type=checkbox]")];
  }

  /** As the server splits them: at commas, and where there is none at spaces. */
  split(text) {
    const names = text.includes(",") ? text.split(",") : text.split(/\s+/);
    return [...new Set(names.map((name) => name.trim()).filter(Boolean))];
  }

  rows(text) {
    const open = this.boxes.filter((box) => !this.has(box.value));
    const rows = open.map((box) => ({
      name: box.value,
      names: [box.value],
      text: box.parentElement.innerText || box.parentElement.textContent,
      off: box.disabled,
      content: () => [...box.nextElementSibling.cloneNode(true).childNodes],
    }));
    const found = fitting(rows, text);
    const names = this.split(text);
    if (!names.length || (names.length === 1 && found[0]?.name === names[0])) return found;
    const label = this.field.dataset.new.replace("%s", names.join("”, “"));
    return [{ name: null, names, text: label, content: () => [label] }, ...found];
  }

  choose(row) {
    if (row.name) this.add(row.name);
    else row.names.forEach((name) => this.add(name));
    this.input.value = "";
    this.changed();
  }

  typed() {}

  enter() {
    const names = this.split(this.input.value);
    if (names.length) this.choose({ names });
    return names.length > 0; // of an empty field it sends the form
  }

  leave(how) {
    if (how === "tab") this.enter(); // on a click elsewhere the text stays, and counts as it is
  }

  key(event) {
    if (event.key === "," && this.input.value.trim() && !this.input.value.includes(",")) {
      event.preventDefault();
      this.box.close();
      this.choose({ names: [this.input.value.trim()] });
    } else if (event.key === "Backspace" && !this.input.value && this.list.lastElementChild) {
      this.drop(this.list.lastElementChild);
    }
  }

  has(name) {
    return [...this.list.children].some((item) => item.dataset.name === name);
  }

  add(name) {
    if (this.has(name)) return;
    const item = this.field.querySelector("template").content.firstElementChild.cloneNode(true);
    const box = this.boxes.find((each) => each.value === name);
    const chip = box?.nextElementSibling.querySelector(".chip");
    if (chip) item.className = chip.className; // a protected one with its lock
    if (chip) item.querySelector(".chip-text").replaceWith(...chip.cloneNode(true).childNodes);
    else item.querySelector(".chip-text").textContent = name;
    Object.assign(item, { title: name.length > 24 ? name : "" }).dataset.name = name;
    const label = this.field.dataset.remove.replace("%s", name);
    item.querySelector("button").setAttribute("aria-label", label);
    const field = this.field.dataset.name ?? "alias";
    item.append(make("input", { type: "hidden", name: field, value: name }));
    this.list.append(item);
  }

  drop(item) {
    item.remove();
    this.input.focus();
    this.changed();
  }

  changed() {
    this.input.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
