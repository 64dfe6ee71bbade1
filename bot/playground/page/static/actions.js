// Pressing and choosing in blocks, wherever they stand: in messages, in Home, in a modal.

import { act } from "./api.js";
import { closeMenu } from "./menus.js";
import { filled, filterOptions, given, isPicker, showChosen, suggest, turnPage, uploadFiles } from "./fields.js";

const PAUSE = 200; // milliseconds of no typing before the app is asked for suggestions

// Where a control stands, as the server wants to know it.
function placed(control) {
  const view = control.closest("[data-view]");
  if (view) return { view: view.dataset.view, filled: filled(view) };
  const message = control.closest(".message");
  return { channel: message.dataset.channel, ts: message.dataset.ts, filled: filled(message) };
}

export async function press(element, value = null) {
  if (element.hasAttribute("data-confirm") && !(await confirmed(element))) return;
  element.classList.add("busy");
  await act("press", {
    ...placed(element),
    block: element.closest("[data-block]").dataset.block,
    action: element.dataset.action,
    given: value,
  });
  element.classList.remove("busy");
}

function confirmed(element) {
  const dialog = element.closest(".with-confirm").querySelector("dialog.confirm");
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "confirm"), { once: true });
  });
}

function clicked(event) {
  const button = event.target.closest("button, a");
  const confirm = button?.closest("dialog.confirm");
  if (confirm) {
    confirm.close(button.value);
  } else if (button?.dataset.turn) {
    turnPage(button);
  } else if (button?.matches(".overflow [role=menuitem]")) {
    closeMenu(button.closest(".menu"));
    press(button.closest(".overflow"), button.value || button.dataset.value);
  } else if (button?.matches('[data-element="button"]')) {
    press(button);
  }
  for (const picker of document.querySelectorAll("details.picker[open]")) {
    if (!picker.contains(event.target)) picker.open = false;
  }
}

async function changed(event) {
  const element = event.target.closest("[data-action]");
  if (!element || event.target.matches(".filter")) return;
  if (isPicker(element)) showChosen(element);
  if (element.dataset.element === "external_select") element.open = false;
  if (element.dataset.element === "file_input") await uploadFiles(element);
  const writes = element.matches("textarea, input[type=text], input[type=email], input[type=url], input[type=number]");
  if (element.hasAttribute("data-dispatch") && !writes) press(element, given(element));
}

function typed(event) {
  const picker = event.target.matches(".filter") && event.target.closest("details.picker");
  if (!picker) return;
  if (!picker.hasAttribute("data-suggest")) {
    filterOptions(picker, event.target.value);
    return;
  }
  clearTimeout(picker.pause);
  picker.pause = setTimeout(() => suggest(picker, placed(picker).view, event.target.value), PAUSE);
}

function pressedKey(event) {
  const picker = event.target.closest?.("details.picker[open]");
  if (event.key === "Escape" && picker) {
    picker.open = false;
    picker.querySelector("summary").focus();
    event.preventDefault();
    event.stopPropagation();
  } else if (event.key === "Enter" && event.target.matches?.("input[data-dispatch], .filter")) {
    event.preventDefault();
    if (event.target.dataset.action) press(event.target, given(event.target));
  }
}

function toggled(event) {
  const picker = event.target;
  if (!picker.matches?.("details.picker") || !picker.open) return;
  const filter = picker.querySelector(".filter");
  filter.focus();
  if (picker.hasAttribute("data-suggest") && !picker.turn) suggest(picker, placed(picker).view, filter.value);
}

export function startActions() {
  document.addEventListener("click", clicked);
  document.addEventListener("change", changed);
  document.addEventListener("input", typed);
  document.addEventListener("keydown", pressedKey, true);
  document.addEventListener("toggle", toggled, true);
}
