// The lists of messages: what is shown, what arrives, and the toolbar of the message in hand.

import { act, elements, notice } from "./api.js";
import { openMenu } from "./menus.js";

const NEAR = 120; // pixels from the end within which a list stays at its end

export function listOf(place) {
  return place.querySelector(".messages");
}

export function fill(list, html) {
  if (list.contains(document.getElementById("toolbar"))) dropToolbar();
  list.replaceChildren(elements(html));
  divideDays(list);
  list.scrollTop = list.scrollHeight;
}

export function addressed(channel, ts) {
  return document.querySelectorAll(`.message[data-channel="${CSS.escape(channel)}"][data-ts="${CSS.escape(ts)}"]`);
}

// Put a message in its place: instead of its older version, or at the end of its list.
export function take(list, channel, ts, html) {
  const old = list.querySelector(`.message[data-channel="${CSS.escape(channel)}"][data-ts="${CSS.escape(ts)}"]`);
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR;
  const made = elements(html).firstElementChild;
  if (old) replace(old, made);
  else list.append(made);
  divideDays(list);
  if (atEnd || (!old && made.hasAttribute("data-own"))) list.scrollTop = list.scrollHeight;
}

function replace(old, made) {
  const toolbar = document.getElementById("toolbar");
  const focused = old.contains(document.activeElement) ? pathTo(document.activeElement, old) : null;
  const carried = old.contains(toolbar);
  if (carried) document.body.append(toolbar);
  for (const name of ["found"]) made.classList.toggle(name, old.classList.contains(name));
  old.replaceWith(made);
  if (carried) made.append(toolbar);
  if (focused !== null) (made.querySelector(focused || ":scope") ?? made).focus({ preventScroll: true });
}

// A way to find the same control in a newer version of a message.
function pathTo(control, message) {
  if (control === message) return "";
  const { action, react } = control.dataset;
  if (react && !control.closest("#toolbar")) return `.reactions [data-react="${CSS.escape(react)}"]`;
  if (control.closest("#toolbar")) return `#toolbar [aria-label="${CSS.escape(control.getAttribute("aria-label"))}"]`;
  return action ? `[data-action="${CSS.escape(action)}"]` : "";
}

export function remove(channel, ts) {
  for (const message of addressed(channel, ts)) {
    if (message.contains(document.getElementById("toolbar"))) dropToolbar();
    const list = message.parentElement;
    message.remove();
    divideDays(list);
  }
}

function divideDays(list) {
  let day = "";
  for (const item of [...list.children]) {
    if (item.classList.contains("day")) {
      item.remove();
    } else if (item.dataset.day && item.dataset.day !== day) {
      day = item.dataset.day;
      const line = document.createElement("p");
      line.className = "day";
      line.append(Object.assign(document.createElement("span"), { textContent: day }));
      item.before(line);
    }
  }
}

export function show(message) {
  message.scrollIntoView({ block: "center" });
  message.classList.add("found");
  message.focus({ preventScroll: true });
  setTimeout(() => message.classList.remove("found"), 3000);
}

// The toolbar goes to the message under the pointer or with the focus.

function dropToolbar() {
  const toolbar = document.getElementById("toolbar");
  toolbar.hidden = true;
  document.body.append(toolbar);
}

function takeToolbar(event) {
  const message = event.target.closest?.(".message");
  const toolbar = document.getElementById("toolbar");
  if (!message || message.contains(toolbar) || document.querySelector(".menu:popover-open")) return;
  message.append(toolbar);
  toolbar.hidden = false;
  const only = message.classList.contains("ephemeral");
  for (const button of toolbar.querySelectorAll("[data-react], [data-pick], [data-open-thread], [data-copy-link], [data-on-message]")) {
    button.hidden = only;
  }
  const remover = toolbar.querySelector("[data-delete]");
  remover.hidden = !message.hasAttribute("data-own");
  remover.textContent = only ? "Dismiss message" : "Delete message";
}

export function target(element) {
  const message = element.closest(".message") ?? document.getElementById("picker").target;
  return { channel: message.dataset.channel, ts: message.dataset.ts, message };
}

async function react(button) {
  const { channel, ts } = target(button);
  const picker = button.closest("#picker");
  picker?.hidePopover();
  await act("react", { channel, ts, name: button.dataset.react });
}

export function startMessages(openThread) {
  document.addEventListener("pointerover", takeToolbar);
  document.addEventListener("focusin", takeToolbar);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.react) react(button);
    else if (button.hasAttribute("data-pick")) {
      const picker = document.getElementById("picker");
      picker.target = button.closest(".message");
      openMenu(button, picker);
    } else if (button.hasAttribute("data-open-thread")) {
      const { channel, ts, message } = target(button);
      openThread(channel, message.dataset.thread || ts);
    } else if (button.hasAttribute("data-copy-link")) {
      const { message } = target(button);
      navigator.clipboard?.writeText(message.querySelector(".time").href);
      notice("Link copied.");
      button.closest("[popover]").hidePopover();
    } else if (button.hasAttribute("data-delete")) {
      const { channel, ts } = target(button);
      button.closest("[popover]").hidePopover();
      act("delete", { channel, ts });
    } else if (button.dataset.shortcut) {
      const { channel, ts } = button.hasAttribute("data-on-message") ? target(button) : {};
      button.closest("[popover]").hidePopover();
      act("shortcut", { callback: button.dataset.shortcut, channel, ts });
    }
  });
}
