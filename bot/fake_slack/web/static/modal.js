// The modal on top. The server keeps the stack; here it is shown, filled in, submitted and closed.

import { act, elements } from "./api.js";
import { giveBack } from "./focus.js";
import { filled, keep, twin } from "./fields.js";

const dialog = document.getElementById("modal");
let opener = null; // what had the focus before the modal
const shown = new Map(); // forms by their view: what was typed stays while another one lies above

export function showModal(html) {
  if (!html) {
    shown.clear();
    dialog.close();
    dialog.replaceChildren();
    if (opener) giveBack(opener);
    opener = null;
    return;
  }
  const made = elements(html).firstElementChild;
  const before = shown.get(made.dataset.view);
  const focused = before?.contains(document.activeElement) ? document.activeElement : null;
  if (before) keep(before, made);
  shown.set(made.dataset.view, made);
  dialog.replaceChildren(made);
  if (!dialog.open) {
    opener = document.activeElement;
    dialog.showModal();
  }
  focus(made, focused?.closest("[data-action]"));
}

function focus(form, was) {
  const now = was && twin(was, form);
  const first = "[autofocus], textarea, input:not([type=hidden]), select, summary, .form-blocks button";
  (now ?? form.querySelector(`.form-blocks :is(${first})`) ?? form.querySelector("[type=submit], button.button"))?.focus();
}

async function submit(form) {
  const button = form.querySelector("[type=submit]");
  if (!button || button.ariaDisabled) return;
  button.ariaDisabled = "true"; // and not disabled, which would lose the focus
  await Promise.all([...form.querySelectorAll("[type=file]")].map((input) => input.coming));
  const answer = await act("submit", { view: form.dataset.view, filled: filled(form) });
  button.ariaDisabled = null;
  showErrors(form, answer?.errors ?? {});
}

function showErrors(form, errors) {
  const general = form.querySelector(".form-error");
  general.textContent = errors[""] ?? "";
  general.hidden = !errors[""];
  let first = null;
  for (const block of form.querySelectorAll("[data-block]")) {
    const line = block.querySelector(".error");
    if (!line) continue;
    const says = errors[block.dataset.block] ?? "";
    line.textContent = says;
    line.hidden = !says;
    const field = block.querySelector("input, textarea, select, summary");
    if (field) field.ariaInvalid = says ? "true" : null;
    if (says) first ??= field;
  }
  first?.focus();
}

export function startModal() {
  dialog.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(event.target);
  });
  dialog.addEventListener("keydown", (event) => {
    const inside = dialog.querySelector("dialog[open], :popover-open");
    if (event.key !== "Escape" || event.isComposing || inside) return;
    event.preventDefault(); // a browser closes a dialog at the second Escape, whatever its page says
    act("close", { all: false });
  });
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault(); // the server closes it, and the page follows
    if (event.target === dialog) act("close", { all: false });
  });
  dialog.addEventListener("click", (event) => {
    const close = event.target.closest("[data-close]");
    if (close) act("close", { all: close.dataset.close === "all" });
  });
}
