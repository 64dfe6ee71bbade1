// What fields hold: reading it for the server, and keeping it when a view changes around it.

import { act, elements, upload } from "./api.js";
import { keepFocus } from "./focus.js";

const GROUPS = new Set(["radio_buttons", "checkboxes"]);

export function isPicker(element) {
  return element.matches("details.picker");
}

// A string, a list of strings, or null: options by value, people, channels and files by id.
export function given(element) {
  const kind = element.dataset.element;
  if (kind === "file_input") return (element.dataset.files ?? "").split(" ").filter(Boolean);
  if (isPicker(element) || GROUPS.has(kind)) {
    const chosen = [...element.querySelectorAll(".option input:checked, .choice input:checked")].map((one) => one.value);
    return kind === "external_select" || kind === "radio_buttons" ? (chosen[0] ?? null) : chosen;
  }
  return element.value || null;
}

export function holds(element) {
  return !["button", "overflow", "image"].includes(element.dataset.element);
}

// By block id and action id, as the server takes it.
export function filled(root) {
  const all = {};
  for (const element of root.querySelectorAll("[data-action]")) {
    if (!holds(element)) continue;
    const block = element.closest("[data-block]").dataset.block;
    (all[block] ??= {})[element.dataset.action] = given(element);
  }
  return all;
}

// What was filled in stays while block and action stay, as in Slack.
export function keep(before, after) {
  for (const now of after.querySelectorAll("[data-action]")) {
    if (!holds(now)) continue;
    const was = twin(now, before);
    if (was) restore(was, now);
  }
}

export function twin(element, root) {
  const block = element.closest("[data-block]")?.dataset.block;
  if (!block) return null;
  return root.querySelector(
    `[data-block="${CSS.escape(block)}"] [data-action="${CSS.escape(element.dataset.action)}"]` +
      `[data-element="${CSS.escape(element.dataset.element)}"]`,
  );
}

function restore(was, now) {
  if (isPicker(now) || GROUPS.has(now.dataset.element)) {
    restoreChoices(was, now);
  } else if (now.dataset.element === "file_input") {
    now.replaceWith(was);
  } else if (now.tagName === "SELECT") {
    if ([...now.options].some((option) => option.value === was.value)) now.value = was.value;
  } else {
    now.value = was.value;
  }
}

function restoreChoices(was, now) {
  const chosen = new Map([...was.querySelectorAll("input:checked")].map((input) => [input.value, input]));
  for (const input of now.querySelectorAll(".option input, .choice input")) {
    input.checked = chosen.delete(input.value);
  }
  if (now.hasAttribute("data-suggest")) {
    // Options that were suggested are in neither of the server's two versions.
    for (const input of chosen.values()) now.querySelector(".options").append(input.closest(".option"));
  }
  if (isPicker(now)) showChosen(now);
}

// What the app has been told of holds; what was not confirmed is taken back.
export const settle = (element) => copyValues(element, ([now, first]) => [first, now]);
export const takeBack = (element) => copyValues(element, ([now, first]) => [now, first]);

function copyValues(element, direction) {
  for (const control of [element, ...element.querySelectorAll("option, input:not(.filter)")]) {
    for (const pair of [["selected", "defaultSelected"], ["checked", "defaultChecked"], ["value", "defaultValue"]]) {
      const [to, from] = direction(pair);
      if (pair[1] in control) control[to] = control[from];
    }
  }
  if (isPicker(element)) showChosen(element);
}

export function showChosen(picker) {
  const chosen = [...picker.querySelectorAll(".option input:checked")];
  const labels = chosen.map((input) => input.closest(".option").querySelector("span").textContent);
  const summary = picker.querySelector("summary");
  summary.textContent = labels.join(", ") || picker.dataset.placeholder;
  summary.classList.toggle("placeholder", labels.length === 0);
  const most = Number(picker.dataset.max ?? Infinity);
  for (const input of picker.querySelectorAll(".option input[type=checkbox]:not(:checked)")) {
    input.disabled = chosen.length >= most;
  }
}

export function filterOptions(picker, words) {
  const wanted = words.trim().toLocaleLowerCase();
  for (const option of picker.querySelectorAll(".option")) {
    option.hidden = !option.textContent.toLocaleLowerCase().includes(wanted);
  }
  for (const group of picker.querySelectorAll("fieldset")) {
    group.hidden = !group.querySelector(".option:not([hidden])");
  }
}

// Live suggestions. The newest question wins; what is chosen stays.
export async function suggest(picker, where, words) {
  if (words.length < Number(picker.dataset.minQuery ?? 3)) return;
  const turn = (picker.turn = (picker.turn ?? 0) + 1);
  const kind = picker.dataset.element === "external_select" ? "radio" : "checkbox";
  const answer = await act("suggest", {
    ...where,
    block: picker.closest("[data-block]").dataset.block,
    action: picker.dataset.action,
    words,
    kind,
  });
  if (!answer || picker.turn !== turn) return;
  const list = picker.querySelector(".options");
  const chosen = new Map([...list.querySelectorAll("input:checked")].map((input) => [input.value, input]));
  const found = elements(answer.html);
  for (const input of found.querySelectorAll("input")) {
    input.checked = chosen.delete(input.value);
    if (kind === "radio") input.name = picker.dataset.name;
  }
  const kept = [...chosen.values()].map((input) => input.closest(".option"));
  keepFocus(list, () => {
    list.replaceChildren(...kept, found);
    return list;
  });
  if (!list.children.length) list.textContent = "Nothing found";
}

export async function uploadFiles(input) {
  const keys = await Promise.all([...input.files].map(upload));
  input.dataset.files = keys.filter(Boolean).join(" ");
}

export function turnPage(button) {
  const wrap = button.closest(".block");
  const pages = [...wrap.querySelectorAll("tbody[data-page]")];
  const shown = pages.findIndex((page) => !page.hidden);
  const next = shown + Number(button.dataset.turn);
  pages.forEach((page, number) => (page.hidden = number !== next));
  const pager = button.closest(".pager");
  pager.querySelector("span").textContent = `${next + 1} of ${pages.length}`;
  for (const one of pager.querySelectorAll("[data-turn]")) {
    const leads = next + Number(one.dataset.turn);
    one.disabled = leads < 0 || leads >= pages.length;
  }
  if (button.disabled) pager.querySelector(":enabled").focus();
}
