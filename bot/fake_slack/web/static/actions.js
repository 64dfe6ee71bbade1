// Pressing and choosing in blocks, wherever they stand: in messages, in Home, in a modal.

import { act } from "./api.js";
import { closeMenu } from "./menus.js";
import {
  filled,
  filterOptions,
  given,
  holds,
  isPicker,
  settle,
  showChosen,
  suggest,
  takeBack,
  turnPage,
  uploadFiles,
} from "./fields.js";

const PAUSE = 200; // milliseconds of no typing before the app hears of it
const WRITTEN = "textarea, input:is([type=text], [type=email], [type=url], [type=number])";

// Where a control stands, as the server wants to know it.
function placed(control) {
  const view = control.closest("[data-view]");
  if (view) return { view: view.dataset.view, filled: filled(view) };
  const message = control.closest(".message");
  return { channel: message.dataset.channel, ts: message.dataset.ts, filled: filled(message) };
}

export async function press(element, value = null) {
  if (element.hasAttribute("data-confirm") && !(await confirmed(element))) {
    if (holds(element)) takeBack(element);
    return;
  }
  if (holds(element)) settle(element);
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
  const asked = Symbol("asked");
  dialog.returnValue = "";
  dialog.asked = asked;
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", function answered() {
      const last = dialog.asked === asked;
      if (last && dialog.open) return; // closing is told late: this is of the time before, and it is open again
      dialog.removeEventListener("close", answered);
      resolve(last && dialog.returnValue === "confirm");
    });
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

function changed(event) {
  const element = event.target.closest("[data-action]");
  if (!element || event.target.matches(".filter")) return;
  if (isPicker(element)) showChosen(element);
  if (element.dataset.element === "external_select") closePicker(element);
  if (element.dataset.element === "file_input") element.coming = uploadFiles(element);
  const unfinished = element.matches(WRITTEN) || element.validity?.rangeUnderflow; // a year while it is typed
  if (element.hasAttribute("data-dispatch") && !unfinished) press(element, given(element));
}

function typed(event) {
  const field = event.target;
  if (field.matches('[data-dispatch-on~="on_character_entered"]')) {
    clearTimeout(field.pause);
    field.pause = setTimeout(() => press(field, given(field)), PAUSE);
  }
  const picker = field.matches(".filter") && field.closest("details.picker");
  if (!picker) return;
  if (!picker.hasAttribute("data-suggest")) {
    filterOptions(picker, field.value);
    return;
  }
  clearTimeout(picker.pause);
  picker.pause = setTimeout(() => suggest(picker, placed(picker), field.value), PAUSE);
}

function pressedKey(event) {
  const picker = document.querySelector("details.picker[open]");
  if (event.key === "Escape" && picker) {
    closePicker(picker);
    event.preventDefault();
    event.stopPropagation();
  } else if (event.key === "Enter" && event.target.matches?.("input[data-dispatch], .filter")) {
    event.preventDefault();
    if (hearsEnter(event.target)) press(event.target, given(event.target));
  }
}

function closePicker(picker) {
  picker.open = false;
  picker.querySelector("summary").focus();
}

function hearsEnter(field) {
  return field.matches(WRITTEN) && (field.dataset.dispatchOn ?? "on_enter_pressed").includes("on_enter_pressed");
}

function toggled(event) {
  const picker = event.target;
  if (!picker.matches?.("details.picker") || !picker.open) return;
  const filter = picker.querySelector(".filter");
  filter.focus();
  if (picker.hasAttribute("data-suggest") && !picker.turn) suggest(picker, placed(picker), filter.value);
}

export function startActions() {
  document.addEventListener("click", clicked);
  document.addEventListener("change", changed);
  document.addEventListener("input", typed);
  document.addEventListener("keydown", pressedKey, true);
  document.addEventListener("toggle", toggled, true);
}
