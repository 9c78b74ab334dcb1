// People and teams in one field: the server offers those that a beginning may mean, each chosen
// one becomes a token. What is typed and no token yet is sent as it stands.

import { fitting, make } from "./combobox.js";
import { Tokens } from "./tokens.js";

export class People extends Tokens {
  constructor(field) {
    super(field);
    this.found = [];
    this.split(this.input.value).forEach((name) => this.add(name));
    this.input.value = "";
    this.input.addEventListener("focus", () => this.found.length || this.ask());
  }

  split(text) {
    return [...new Set(text.split(/[\s,;]+/).filter(Boolean))];
  }

  typed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), 120);
  }

  async ask() {
    const text = this.input.value.trim();
    this.request?.abort();
    const request = (this.request = new AbortController());
    const url = `${this.field.dataset.people}?${new URLSearchParams({ q: text })}`;
    try {
      const answer = await fetch(url, { signal: request.signal });
      if (!answer.ok) return;
      this.found = (await answer.json()).found;
    } catch {
      return; // aborted by a newer one, or no network: what is typed counts as it is
    }
    if (document.activeElement === this.input && this.input.value.trim() === text && text) {
      this.box.open(true);
    }
  }

  rows(text) {
    const open = this.found.filter(({ name }) => !this.has(name));
    const rows = open.map(({ name, note, text: words }) => ({
      name,
      names: [name],
      text: words,
      content: () => [name, make("span", { className: "meta" }, note ? ` ${note}` : "")],
    }));
    const found = fitting(rows, text);
    const names = this.split(text);
    if (!names.length || (found.length && names.length === 1)) return found;
    const label = this.field.dataset.new.replace("%s", names.join("”, “"));
    return [{ name: null, names, text: label, content: () => [label] }, ...found];
  }
}
