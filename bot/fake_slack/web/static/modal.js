// The modal on top. The server keeps the stack of views; the page shows, fills in, submits and closes the top one.

import { parseHtml, runAction } from "./api.js";
import { restoreFocus } from "./focus.js";
import { carryValuesOver, findCounterpart, readFormValues } from "./fields.js";

const dialog = document.getElementById("modal");
let opener = null; // the control that had the focus before the modal opened
const formsByViewId = new Map(); // keeps what was typed in a view while another view lies above it

// Show the view on top; an empty text closes the modal.
export function showModal(html) {
  if (!html) {
    formsByViewId.clear();
    dialog.close();
    dialog.replaceChildren();
    if (opener) restoreFocus(opener);
    opener = null;
    return;
  }
  const form = parseHtml(html).firstElementChild;
  const oldForm = formsByViewId.get(form.dataset.viewId);
  const focused = oldForm?.contains(document.activeElement) ? document.activeElement : null;
  if (oldForm) carryValuesOver(oldForm, form);
  formsByViewId.set(form.dataset.viewId, form);
  dialog.replaceChildren(form);
  if (!dialog.open) {
    opener = document.activeElement;
    dialog.showModal();
  }
  focusForm(form, focused?.closest("[data-action-id]"));
}

function focusForm(form, oldElement) {
  const counterpart = oldElement && findCounterpart(oldElement, form);
  const controls = "[autofocus], textarea, input:not([type=hidden]), select, summary, .form-blocks button";
  const firstControl = form.querySelector(`.form-blocks :is(${controls})`);
  (counterpart ?? firstControl ?? form.querySelector("[type=submit], button.button"))?.focus();
}

async function submitForm(form) {
  const button = form.querySelector("[type=submit]");
  if (!button || button.ariaDisabled) return;
  button.ariaDisabled = "true"; // the disabled attribute would take the focus away
  await Promise.all([...form.querySelectorAll("[type=file]")].map((input) => input.uploading));
  const answer = await runAction("submit_view", { view_id: form.dataset.viewId, values: readFormValues(form) });
  button.ariaDisabled = null;
  showErrors(form, answer?.errors ?? {});
}

// `errors` has texts by block id; the empty id stands for the whole form.
function showErrors(form, errors) {
  const formError = form.querySelector(".form-error");
  formError.textContent = errors[""] ?? "";
  formError.hidden = !errors[""];
  let firstInvalid = null;
  for (const block of form.querySelectorAll("[data-block-id]")) {
    const line = block.querySelector(".error");
    if (!line) continue;
    const error = errors[block.dataset.blockId] ?? "";
    line.textContent = error;
    line.hidden = !error;
    const field = block.querySelector("input, textarea, select, summary");
    if (field) field.ariaInvalid = error ? "true" : null;
    if (error) firstInvalid ??= field;
  }
  firstInvalid?.focus();
}

export function startModal() {
  dialog.addEventListener("submit", (event) => {
    event.preventDefault();
    submitForm(event.target);
  });
  dialog.addEventListener("keydown", (event) => {
    const inside = dialog.querySelector("dialog[open], :popover-open");
    if (event.key !== "Escape" || event.isComposing || inside) return;
    event.preventDefault(); // at a second Escape a browser closes a dialog even if its cancel event is prevented
    runAction("close_view", { all: false });
  });
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault(); // the server closes the view, and then the page
    if (event.target === dialog) runAction("close_view", { all: false });
  });
  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("[data-close]");
    if (button) runAction("close_view", { all: button.dataset.close === "all" });
  });
}
