// The modal on top. The server keeps the stack; here it is shown, filled in, submitted and closed.

import { act, elements } from "./api.js";
import { filled, keep, twin } from "./fields.js";

const dialog = document.getElementById("modal");

export function showModal(html) {
  if (!html) {
    dialog.close();
    dialog.replaceChildren();
    return;
  }
  const made = elements(html).firstElementChild;
  const before = dialog.querySelector("form");
  const same = before?.dataset.view === made.dataset.view;
  const focused = same && dialog.contains(document.activeElement) ? document.activeElement : null;
  if (same) keep(before, made);
  dialog.replaceChildren(made);
  if (!dialog.open) dialog.showModal();
  focus(made, focused?.closest("[data-action]"));
}

function focus(form, was) {
  const now = was && twin(was, form);
  const first = "[autofocus], textarea, input:not([type=hidden]), select, summary, .form-blocks button";
  (now ?? form.querySelector(`.form-blocks :is(${first})`) ?? form.querySelector("[type=submit], button.button"))?.focus();
}

async function submit(form) {
  const button = form.querySelector("[type=submit]");
  if (!button || button.disabled) return;
  button.disabled = true;
  const answer = await act("submit", { view: form.dataset.view, filled: filled(form) });
  button.disabled = false;
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
    block.classList.toggle("has-error", Boolean(says));
    if (says) first ??= block;
  }
  first?.querySelector("input, textarea, select, summary")?.focus();
}

export function startModal() {
  dialog.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(event.target);
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
