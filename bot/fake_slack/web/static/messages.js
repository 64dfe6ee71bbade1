// The lists of messages: what is shown, what arrives, and the toolbar of the message in hand.

import { act, elements, notice } from "./api.js";
import { keep } from "./fields.js";
import { keepFocus } from "./focus.js";
import { openMenu } from "./menus.js";

const NEAR = 120; // pixels from the end within which a list stays at its end

export function listOf(place) {
  return place.querySelector(".messages");
}

export function fill(list, html) {
  keepFocus(list, () => {
    if (list.contains(document.getElementById("toolbar"))) dropToolbar();
    list.replaceChildren(made(list, html));
    divideDays(list);
    return list.parentElement.querySelector("textarea");
  });
  list.scrollTop = list.scrollHeight;
}

// A thread begins with a message that stands in the channel too: no name or id may be on the page twice.
function made(list, html) {
  const content = elements(html);
  for (const name of list.closest("#thread") ? ["id", "name", "data-name", "aria-describedby"] : []) {
    for (const one of content.querySelectorAll(`[${name}]`)) {
      one.setAttribute(name, one.getAttribute(name).replace(/\S+/g, "thread-$&"));
    }
  }
  return content;
}

export function addressed(channel, ts) {
  return document.querySelectorAll(`.message[data-channel="${CSS.escape(channel)}"][data-ts="${CSS.escape(ts)}"]`);
}

// Put a message in its place: instead of its older version, or at the end of its list.
export function take(list, channel, ts, html) {
  const old = list.querySelector(`.message[data-channel="${CSS.escape(channel)}"][data-ts="${CSS.escape(ts)}"]`);
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR;
  const newest = made(list, html).firstElementChild;
  if (old) replace(old, newest);
  else list.append(newest);
  divideDays(list);
  if (atEnd || (!old && newest.hasAttribute("data-own"))) list.scrollTop = list.scrollHeight;
}

// A picture pushes the end away when it has come: a list that was at its end goes after it.
function pictureCame(event) {
  const list = event.target.closest?.(".messages");
  if (!list) return;
  const left = list.scrollHeight - list.scrollTop - list.clientHeight;
  if (left < NEAR + event.target.offsetHeight) list.scrollTop = list.scrollHeight;
}

function replace(old, made) {
  const toolbar = document.getElementById("toolbar");
  keepFocus(old, () => {
    const carried = old.contains(toolbar);
    if (carried) document.body.append(toolbar);
    made.classList.toggle("found", old.classList.contains("found"));
    keep(old, made);
    old.replaceWith(made);
    if (carried) made.append(toolbar);
    return made;
  });
}

export function remove(channel, ts) {
  for (const message of addressed(channel, ts)) {
    const list = message.parentElement;
    keepFocus(message, () => {
      if (message.contains(document.getElementById("toolbar"))) dropToolbar();
      message.remove();
      divideDays(list);
      return list.querySelector(".message:last-of-type") ?? list.parentElement.querySelector("textarea");
    });
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
  document.addEventListener("load", pictureCame, true);
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
