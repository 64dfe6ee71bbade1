// Form fields: reading their values for the server, and keeping the values when a view is replaced.

import { parseHtml, runAction, uploadFile } from "./api.js";
import { keepFocus } from "./focus.js";

const CHOICE_GROUPS = new Set(["radio_buttons", "checkboxes"]);
const VALUELESS = new Set(["button", "overflow", "image"]);
const DEFAULT_MIN_QUERY_LENGTH = 3; // Slack's own, for external selects

export function isPicker(element) {
  return element.matches("details.picker");
}

// A string, a list of strings, or null: options by value; people, channels and files by id.
export function readValue(element) {
  const type = element.dataset.elementType;
  if (type === "file_input") return (element.dataset.fileIds ?? "").split(" ").filter(Boolean);
  if (isPicker(element) || CHOICE_GROUPS.has(type)) {
    const inputs = element.querySelectorAll(".option input:checked, .choice input:checked");
    const chosen = [...inputs].map((input) => input.value);
    return type === "external_select" || type === "radio_buttons" ? (chosen[0] ?? null) : chosen;
  }
  return element.value || null;
}

export function hasValue(element) {
  return !VALUELESS.has(element.dataset.elementType);
}

// All values below a part of the page, by block id and then by action id.
export function readFormValues(root) {
  const values = {};
  for (const element of root.querySelectorAll("[data-action-id]")) {
    if (!hasValue(element)) continue;
    const { blockId } = element.closest("[data-block-id]").dataset;
    (values[blockId] ??= {})[element.dataset.actionId] = readValue(element);
  }
  return values;
}

// Copy what was filled in to the new version of a view, wherever block id and action id stay the same: Slack does so.
export function carryValuesOver(oldRoot, newRoot) {
  for (const element of newRoot.querySelectorAll("[data-action-id]")) {
    if (!hasValue(element)) continue;
    const old = findCounterpart(element, oldRoot);
    if (old) copyValue(old, element);
  }
}

export function findCounterpart(element, root) {
  const blockId = element.closest("[data-block-id]")?.dataset.blockId;
  if (!blockId) return null;
  return root.querySelector(
    `[data-block-id="${CSS.escape(blockId)}"] [data-action-id="${CSS.escape(element.dataset.actionId)}"]` +
      `[data-element-type="${CSS.escape(element.dataset.elementType)}"]`,
  );
}

function copyValue(from, to) {
  if (isPicker(to) || CHOICE_GROUPS.has(to.dataset.elementType)) {
    copyChoices(from, to);
  } else if (to.dataset.elementType === "file_input") {
    to.replaceWith(from); // a browser does not let a script set the files of an input
  } else if (to.tagName === "SELECT") {
    if ([...to.options].some((option) => option.value === from.value)) to.value = from.value;
  } else {
    to.value = from.value;
  }
}

function copyChoices(from, to) {
  const chosen = new Map([...from.querySelectorAll("input:checked")].map((input) => [input.value, input]));
  for (const input of to.querySelectorAll(".option input, .choice input")) {
    input.checked = chosen.delete(input.value);
  }
  if (to.hasAttribute("data-suggest")) {
    // Suggested options are in neither version of the view that the server sent.
    for (const input of chosen.values()) to.querySelector(".options").append(input.closest(".option"));
  }
  if (isPicker(to)) showChosen(to);
}

// A control's default values are what the app has been sent last: they are set after sending, and restored when the
// visitor does not confirm a change.
export const commitValue = (element) => copyDefaults(element, ([current, initial]) => [initial, current]);
export const revertValue = (element) => copyDefaults(element, ([current, initial]) => [current, initial]);

function copyDefaults(element, orderPair) {
  for (const control of [element, ...element.querySelectorAll("option, input:not(.filter)")]) {
    for (const pair of [["selected", "defaultSelected"], ["checked", "defaultChecked"], ["value", "defaultValue"]]) {
      const [target, source] = orderPair(pair);
      if (pair[1] in control) control[target] = control[source];
    }
  }
  if (isPicker(element)) showChosen(element);
}

// Show what is chosen as the picker's label, and disable the other options at the maximum.
export function showChosen(picker) {
  const chosen = [...picker.querySelectorAll(".option input:checked")];
  const labels = chosen.map((input) => input.closest(".option").querySelector("span").textContent);
  const summary = picker.querySelector("summary");
  summary.textContent = labels.join(", ") || picker.dataset.placeholder;
  summary.classList.toggle("placeholder", labels.length === 0);
  const maxSelected = Number(picker.dataset.maxSelected ?? Infinity);
  for (const input of picker.querySelectorAll(".option input[type=checkbox]:not(:checked)")) {
    input.disabled = chosen.length >= maxSelected;
  }
}

export function filterOptions(picker, query) {
  const wanted = query.trim().toLocaleLowerCase();
  for (const option of picker.querySelectorAll(".option")) {
    option.hidden = !option.textContent.toLocaleLowerCase().includes(wanted);
  }
  for (const group of picker.querySelectorAll("fieldset")) {
    group.hidden = !group.querySelector(".option:not([hidden])");
  }
}

// Load an external select's options. Only the newest request counts; options that are chosen stay in the list.
export async function loadSuggestions(picker, location, query) {
  if (query.length < Number(picker.dataset.minQuery ?? DEFAULT_MIN_QUERY_LENGTH)) return;
  const requestNumber = (picker.requestNumber = (picker.requestNumber ?? 0) + 1);
  const inputType = picker.dataset.elementType === "external_select" ? "radio" : "checkbox";
  const answer = await runAction("load_suggestions", {
    ...location,
    block_id: picker.closest("[data-block-id]").dataset.blockId,
    action_id: picker.dataset.actionId,
    query,
    input_type: inputType,
  });
  if (!answer || picker.requestNumber !== requestNumber) return;
  const list = picker.querySelector(".options");
  const chosen = new Map([...list.querySelectorAll("input:checked")].map((input) => [input.value, input]));
  const suggested = parseHtml(answer.html);
  for (const input of suggested.querySelectorAll("input")) {
    input.checked = chosen.delete(input.value);
    if (inputType === "radio") input.name = picker.dataset.name;
  }
  const kept = [...chosen.values()].map((input) => input.closest(".option"));
  keepFocus(list, () => {
    list.replaceChildren(...kept, suggested);
    return list;
  });
  if (!list.children.length) list.textContent = "Nothing found";
}

export async function uploadFiles(input) {
  const fileIds = await Promise.all([...input.files].map(uploadFile));
  input.dataset.fileIds = fileIds.filter(Boolean).join(" ");
}

export function turnTablePage(button) {
  const block = button.closest(".block");
  const pages = [...block.querySelectorAll("tbody[data-page]")];
  const current = pages.findIndex((page) => !page.hidden);
  const next = current + Number(button.dataset.pageStep);
  pages.forEach((page, index) => (page.hidden = index !== next));
  const pager = button.closest(".pager");
  pager.querySelector("span").textContent = `${next + 1} of ${pages.length}`;
  for (const pageButton of pager.querySelectorAll("[data-page-step]")) {
    const target = next + Number(pageButton.dataset.pageStep);
    pageButton.disabled = target < 0 || target >= pages.length;
  }
  if (button.disabled) pager.querySelector(":enabled").focus(); // a disabled button loses the focus
}
