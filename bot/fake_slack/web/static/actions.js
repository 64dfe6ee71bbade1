// Using Block Kit elements in messages, in App Home and in modals.

import { runAction } from "./api.js";
import { closeMenu } from "./menus.js";
import {
  commitValue,
  filterOptions,
  hasValue,
  isPicker,
  loadSuggestions,
  readFormValues,
  readValue,
  revertValue,
  showChosen,
  turnTablePage,
  uploadFiles,
} from "./fields.js";

const TYPING_PAUSE_MS = 200; // the app is sent what is typed after so long without a key
const TEXT_FIELDS = "textarea, input:is([type=text], [type=email], [type=url], [type=number])";

// The view or message that holds a control, with all values in it, as the server expects them.
function locateControl(control) {
  const view = control.closest("[data-view-id]");
  if (view) return { view_id: view.dataset.viewId, values: readFormValues(view) };
  const message = control.closest(".message");
  const { channelId, messageTs } = message.dataset;
  return { channel_id: channelId, message_ts: messageTs, values: readFormValues(message) };
}

async function sendBlockAction(element, value = null) {
  if (element.hasAttribute("data-confirm") && !(await askToConfirm(element))) {
    if (hasValue(element)) revertValue(element);
    return;
  }
  if (hasValue(element)) commitValue(element);
  element.classList.add("busy");
  await runAction("send_block_action", {
    ...locateControl(element),
    block_id: element.closest("[data-block-id]").dataset.blockId,
    action_id: element.dataset.actionId,
    value,
  });
  element.classList.remove("busy");
}

function askToConfirm(element) {
  const dialog = element.closest(".with-confirm").querySelector("dialog.confirm");
  const question = Symbol("question");
  dialog.returnValue = "";
  dialog.question = question;
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", function onClose() {
      const isNewest = dialog.question === question;
      // The close event comes late: if the dialog is open again, this event belongs to an earlier question.
      if (isNewest && dialog.open) return;
      dialog.removeEventListener("close", onClose);
      resolve(isNewest && dialog.returnValue === "confirm");
    });
  });
}

function onClick(event) {
  const button = event.target.closest("button, a");
  const confirmDialog = button?.closest("dialog.confirm");
  if (confirmDialog) {
    confirmDialog.close(button.value);
  } else if (button?.dataset.pageStep) {
    turnTablePage(button);
  } else if (button?.matches(".overflow [role=menuitem]")) {
    closeMenu(button.closest(".menu"));
    sendBlockAction(button.closest(".overflow"), button.value || button.dataset.value);
  } else if (button?.matches('[data-element-type="button"]')) {
    sendBlockAction(button);
  }
  for (const picker of document.querySelectorAll("details.picker[open]")) {
    if (!picker.contains(event.target)) picker.open = false;
  }
}

function onChange(event) {
  const element = event.target.closest("[data-action-id]");
  if (!element || event.target.matches(".filter")) return;
  if (isPicker(element)) showChosen(element);
  if (element.dataset.elementType === "external_select") closePicker(element);
  if (element.dataset.elementType === "file_input") element.uploading = uploadFiles(element);
  // A date input changes with every digit of its year: below its minimum the year is still being typed.
  const isUnfinished = element.matches(TEXT_FIELDS) || element.validity?.rangeUnderflow;
  if (element.hasAttribute("data-dispatch") && !isUnfinished) sendBlockAction(element, readValue(element));
}

function onInput(event) {
  const field = event.target;
  if (field.matches('[data-dispatch-on~="on_character_entered"]')) {
    clearTimeout(field.typingTimer);
    field.typingTimer = setTimeout(() => sendBlockAction(field, readValue(field)), TYPING_PAUSE_MS);
  }
  const picker = field.matches(".filter") && field.closest("details.picker");
  if (!picker) return;
  if (!picker.hasAttribute("data-suggest")) {
    filterOptions(picker, field.value);
    return;
  }
  clearTimeout(picker.typingTimer);
  const load = () => loadSuggestions(picker, locateControl(picker), field.value);
  picker.typingTimer = setTimeout(load, TYPING_PAUSE_MS);
}

function onKeyDown(event) {
  const picker = document.querySelector("details.picker[open]");
  if (event.key === "Escape" && picker) {
    closePicker(picker);
    event.preventDefault();
    event.stopPropagation(); // or the modal around the picker would close too
  } else if (event.key === "Enter" && event.target.matches?.("input[data-dispatch], .filter")) {
    event.preventDefault(); // or the form would be submitted
    if (dispatchesOnEnter(event.target)) sendBlockAction(event.target, readValue(event.target));
  }
}

function closePicker(picker) {
  picker.open = false;
  picker.querySelector("summary").focus();
}

function dispatchesOnEnter(field) {
  const triggers = field.dataset.dispatchOn ?? "on_enter_pressed"; // Slack's default
  return field.matches(TEXT_FIELDS) && triggers.includes("on_enter_pressed");
}

function onToggle(event) {
  const picker = event.target;
  if (!picker.matches?.("details.picker") || !picker.open) return;
  const filter = picker.querySelector(".filter");
  filter.focus();
  const isFirstTime = picker.hasAttribute("data-suggest") && !picker.requestNumber;
  if (isFirstTime) loadSuggestions(picker, locateControl(picker), filter.value);
}

export function startActions() {
  document.addEventListener("click", onClick);
  document.addEventListener("change", onChange);
  document.addEventListener("input", onInput);
  document.addEventListener("keydown", onKeyDown, true);
  document.addEventListener("toggle", onToggle, true);
}
