// Choices that depend on each other: comboboxes over the selects that the page has without a
// script. Nothing replaces a field in which somebody may be typing: the server's answers bring
// options, notes and the sentence, never the field.

import { Combobox, fitting, fold, make } from "./combobox.js";
import { People } from "./people.js";
import { Tokens } from "./tokens.js";

// ------------------------------------------------------------------ what the server says of a form

/** Asks the server what a form means now, the last state only, and shows its sentence. */
class Follower {
  constructor(form) {
    this.form = form;
    this.levels = [];
    form.addEventListener("input", ({ target }) => target.closest("[data-tokens]") && this.soon());
    form.addEventListener("change", ({ target }) => target.closest("[data-choice]") || this.soon());
    // What is typed and not yet chosen goes along: the server takes it where it names one thing.
    form.addEventListener("formdata", ({ formData }) => {
      this.levels.forEach((level) => level.tell(formData));
    });
    form.addEventListener("submit", (event) => this.isBusy && this.wait(event), true);
  }

  get isBusy() {
    return Boolean(this.timer || this.request);
  }

  soon(delay = 150) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), delay);
  }

  async ask() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.request?.abort();
    const request = (this.request = new AbortController());
    const query = new URLSearchParams(new FormData(this.form));
    query.delete("csrfmiddlewaretoken");
    try {
      const options = { headers: { "HX-Request": "true" }, signal: request.signal };
      const answer = await fetch(`${this.form.action}?${query}`, options);
      const text = await answer.text();
      if (this.request !== request) return;
      if (answer.redirected) return location.reload(); // signed out, or renamed
      this.take(new DOMParser().parseFromString(text, "text/html"));
    } catch {
      // Aborted by a newer one, or no network: what is sent says itself what was chosen.
    }
    if (this.request === request) this.request = null;
    if (!this.isBusy) this.resume?.();
  }

  take(fresh) {
    this.isRefused = Boolean(fresh.querySelector("#choice-source-notes .field-error"));
    for (const part of this.form.querySelectorAll("[data-renew]")) {
      const now = fresh.getElementById(part.id);
      if (now && now.innerHTML !== part.innerHTML) part.replaceChildren(...now.childNodes);
    }
    this.levels.forEach((level) => level.renew(fresh));
    this.levels.forEach((level) => level.settle());
  }

  /** Sent while an answer is on its way: first what was typed becomes a choice. */
  wait(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
    this.resume = () => {
      this.resume = null;
      if (this.form.isConnected) this.form.requestSubmit(event.submitter);
    };
    setTimeout(() => this.resume?.(), 3000);
  }
}

// ------------------------------------------------------------------ one of several choices

const labelOf = ({ text, dataset: { reason } }) =>
  reason ? text.slice(0, text.lastIndexOf(` – ${reason}`)) : text;
const isPath = (text) => /^\s*\S+\/\S+\/\S+/.test(text);

class Level {
  constructor(field, follower) {
    Object.assign(this, { field, follower, isDirty: false, isStale: false, wants: "" });
    this.name = this.select.name;
    this.id = this.select.id;
    const { placeholder } = field.dataset;
    this.input = make("input", { type: "text", id: `${this.id}-field`, placeholder });
    field.querySelector("label").htmlFor = this.input.id;
    this.select.before(this.input);
    this.input.setAttribute("aria-describedby", `${this.id}-notes`);
    this.box = new Combobox(this.input, this);
    const selectAll = () => this.isDirty || this.input.select();
    for (const name of ["focus", "click"]) this.input.addEventListener(name, selectAll);
    // Nobody writes in front of a choice: it begins another one, wherever a script put the caret.
    this.input.addEventListener("beforeinput", () => this.input.selectionEnd || selectAll());
    this.input.addEventListener("paste", () => (this.isPasted = true));
    this.kept = this.select.value;
    this.show(this.select.dataset.typed);
  }

  get select() {
    return this.field.querySelector("select");
  }

  get none() {
    return this.select.disabled ? this.field.dataset.waiting : this.field.dataset.none;
  }

  rows(text) {
    const options = [...this.select.options].filter((option) => option.value);
    const all = options.map((option) => ({
      value: option.value,
      text: option.text,
      names: [option.value, ...(option.dataset.names ?? "").split("\n")],
      off: option.disabled,
      isChosen: option.value === this.kept,
      content: () => {
        const { reason = "" } = option.dataset;
        return [labelOf(option), make("span", { className: "choice-reason" }, reason)];
      },
    }));
    return fitting(all, isPath(text) ? "" : text);
  }

  show(typed = "") {
    this.isDirty = !this.select.value && Boolean(typed);
    this.input.value = this.select.value ? labelOf(this.select.selectedOptions[0]) : typed;
    const isWrong = Boolean(this.field.querySelector(".field-error"));
    this.field.classList.toggle("field-invalid", isWrong);
    if (isWrong) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
  }

  typed() {
    Object.assign(this, { isDirty: true, wants: "" });
    this.select.value = "";
    const wasPasted = this.isPasted;
    this.isPasted = false;
    if (isPath(this.input.value)) {
      this.box.close();
      if (wasPasted) this.follower.ask();
      return false;
    }
    if ("more" in this.select.dataset) this.follower.soon();
    return true;
  }

  revert() {
    Object.assign(this, { isDirty: false, wants: "" });
    this.select.value = this.kept;
    this.show();
  }

  choose(row) {
    this.select.value = this.kept = row.value;
    this.wants = "";
    this.show();
    const below = this.follower.levels.slice(this.follower.levels.indexOf(this) + 1);
    below.forEach((level) => (level.isStale = true));
    this.follower.ask();
  }

  enter() {
    if (this.isDirty) this.leave("enter");
    else this.box.open();
    return true; // never sends the form: one Enter too many would link
  }

  /** Make a choice of what was typed: by Tab and Enter the best, by leaving only a sure one. */
  leave(how, row = null) {
    if (!this.isDirty) return;
    const text = this.input.value;
    if (!text.trim()) return this.revert();
    if (isPath(text)) return this.follower.request ? null : this.follower.ask();
    const isSearching = "more" in this.select.dataset && this.follower.isBusy;
    if (this.isStale || isSearching) return void (this.wants ||= how);
    const pick = this.meant(how, row);
    if (pick) return this.choose(pick);
    this.wants = how; // the server may know it
    this.follower.ask();
  }

  meant(how, row = null) {
    const rows = this.rows(this.input.value);
    const first = row || rows[0];
    const isExact = first?.names.some((name) => fold(name) === fold(this.input.value));
    const only = rows.filter((each) => !each.off);
    const pick = how !== "blur" || isExact ? first : only.length === 1 && only[0];
    return pick && !pick.off ? pick : null;
  }

  /** New options from the server; what is being typed is nobody's to change. */
  renew(fresh) {
    const select = fresh.getElementById(this.id);
    if (!select) return;
    if (!this.follower.isRefused && isPath(this.input.value)) this.isDirty = false;
    this.select.replaceWith(document.adoptNode(select));
    this.isStale = false;
    if (this.isDirty) this.select.value = "";
    else this.kept = this.select.value;
    if (!this.isDirty) this.show();
  }

  settle() {
    const how = this.wants || (document.activeElement === this.input ? "" : "blur");
    this.wants = "";
    const pick = how && this.isDirty && !isPath(this.input.value) && this.meant(how);
    if (pick) this.choose(pick);
    else if (this.isDirty && this.box.isOpen) this.box.open(true);
  }

  tell(formData) {
    if (!this.isDirty) return;
    formData.delete(this.name);
    formData.set(isPath(this.input.value) ? "source" : `${this.name}_filter`, this.input.value);
  }
}

// ------------------------------------------------------------------ begin

/** At once when a dialog is on the page: before anybody can type into what is replaced. */
function begin() {
  for (const form of document.querySelectorAll("form[data-follow]:not([data-followed])")) {
    form.dataset.followed = "";
    // Also for Enter: it is the first button's, shown or not.
    form.querySelectorAll("[data-plain]").forEach((part) => part.remove());
    const follower = new Follower(form);
    const levels = [...form.querySelectorAll("[data-choice]")];
    follower.levels = levels.map((field) => new Level(field, follower));
  }
  for (const field of document.querySelectorAll("[data-tokens]:not([data-begun])")) {
    field.dataset.begun = "";
    if (field.dataset.people) new People(field);
    else new Tokens(field);
  }
}

// A search brings the choices anew: what was chosen while its answer was on the way stays chosen.
let chosen = null;
document.addEventListener("change", ({ target }) => {
  if (target.name === "collection") chosen = target.value;
});
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target?.id !== "collection-choices") return void (chosen = null); // another dialog
  const radios = [...document.querySelectorAll("#collection-choices input")];
  const radio = radios.find(({ value }) => value === chosen);
  if (radio) radio.checked = true;
});

begin();
document.addEventListener("htmx:afterSwap", begin);
