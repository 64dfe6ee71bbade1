// Message lists: filling them, updating single messages, and the toolbar of the message under the pointer.

import { parseHtml, runAction, showNotice } from "./api.js";
import { carryValuesOver } from "./fields.js";
import { keepFocus } from "./focus.js";
import { openMenu } from "./menus.js";

const SCROLL_TOLERANCE_PX = 120; // a list this near to its end counts as being at its end
const HIGHLIGHT_DURATION_MS = 3000;
const ID_ATTRIBUTES = ["id", "name", "data-name", "aria-describedby"];

export function getList(pane) {
  return pane.querySelector(".messages");
}

export function fillList(list, html) {
  keepFocus(list, () => {
    if (list.contains(getToolbar())) detachToolbar();
    list.replaceChildren(parseMessages(list, html));
    addDayDividers(list);
    return list.parentElement.querySelector("textarea");
  });
  list.scrollTop = list.scrollHeight;
}

// A thread begins with a message that is in the channel too. Its ids and names get a prefix in the thread, since they
// must be unique on the page.
function parseMessages(list, html) {
  const content = parseHtml(html);
  for (const attribute of list.closest("#thread") ? ID_ATTRIBUTES : []) {
    for (const element of content.querySelectorAll(`[${attribute}]`)) {
      element.setAttribute(attribute, element.getAttribute(attribute).replace(/\S+/g, "thread-$&"));
    }
  }
  return content;
}

function messageSelector(channelId, messageTs) {
  return `.message[data-channel-id="${CSS.escape(channelId)}"][data-message-ts="${CSS.escape(messageTs)}"]`;
}

// A message can be on the page twice: in its channel and in its thread.
export function findMessages(channelId, messageTs) {
  return document.querySelectorAll(messageSelector(channelId, messageTs));
}

// Replace the message's older version, or append a new message to the list.
export function putMessage(list, channelId, messageTs, html) {
  const old = list.querySelector(messageSelector(channelId, messageTs));
  const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < SCROLL_TOLERANCE_PX;
  const message = parseMessages(list, html).firstElementChild;
  if (old) replaceMessage(old, message);
  else list.append(message);
  addDayDividers(list);
  if (isAtEnd || (!old && message.hasAttribute("data-own"))) list.scrollTop = list.scrollHeight;
}

// A loaded picture makes its list longer: a list that was at its end scrolls to its new end.
function onPictureLoad(event) {
  const list = event.target.closest?.(".messages");
  if (!list) return;
  const remaining = list.scrollHeight - list.scrollTop - list.clientHeight;
  if (remaining < SCROLL_TOLERANCE_PX + event.target.offsetHeight) list.scrollTop = list.scrollHeight;
}

function replaceMessage(old, message) {
  const toolbar = getToolbar();
  keepFocus(old, () => {
    const hasToolbar = old.contains(toolbar);
    if (hasToolbar) document.body.append(toolbar);
    message.classList.toggle("highlighted", old.classList.contains("highlighted"));
    carryValuesOver(old, message);
    old.replaceWith(message);
    if (hasToolbar) message.append(toolbar);
    return message;
  });
}

export function removeMessage(channelId, messageTs) {
  for (const message of findMessages(channelId, messageTs)) {
    const list = message.parentElement;
    keepFocus(message, () => {
      if (message.contains(getToolbar())) detachToolbar();
      message.remove();
      addDayDividers(list);
      return list.querySelector(".message:last-of-type") ?? list.parentElement.querySelector("textarea");
    });
  }
}

function addDayDividers(list) {
  let day = "";
  for (const item of [...list.children]) {
    if (item.classList.contains("day")) {
      item.remove();
    } else if (item.dataset.day && item.dataset.day !== day) {
      day = item.dataset.day;
      const divider = document.createElement("p");
      divider.className = "day";
      divider.append(Object.assign(document.createElement("span"), { textContent: day }));
      item.before(divider);
    }
  }
}

export function highlightMessage(message) {
  message.scrollIntoView({ block: "center" });
  message.classList.add("highlighted");
  message.focus({ preventScroll: true });
  setTimeout(() => message.classList.remove("highlighted"), HIGHLIGHT_DURATION_MS);
}

// There is one toolbar. It moves to the message under the pointer or with the focus.

function getToolbar() {
  return document.getElementById("toolbar");
}

function detachToolbar() {
  const toolbar = getToolbar();
  toolbar.hidden = true;
  document.body.append(toolbar);
}

function moveToolbar(event) {
  const message = event.target.closest?.(".message");
  const toolbar = getToolbar();
  if (!message || message.contains(toolbar) || document.querySelector(".menu:popover-open")) return;
  message.append(toolbar);
  toolbar.hidden = false;
  const isEphemeral = message.classList.contains("ephemeral");
  const persistentOnly =
    "[data-react], [data-open-picker], [data-open-thread], [data-copy-link], [data-on-message]";
  for (const button of toolbar.querySelectorAll(persistentOnly)) {
    button.hidden = isEphemeral;
  }
  const deleteButton = toolbar.querySelector("[data-delete]");
  deleteButton.hidden = !message.hasAttribute("data-own");
  deleteButton.textContent = isEphemeral ? "Dismiss message" : "Delete message";
}

// The message that a button belongs to; the reaction picker lies outside of its message.
function getTarget(button) {
  const message = button.closest(".message") ?? document.getElementById("picker").message;
  return { channel_id: message.dataset.channelId, message_ts: message.dataset.messageTs, message };
}

async function toggleReaction(button) {
  const { channel_id, message_ts } = getTarget(button);
  button.closest("#picker")?.hidePopover();
  await runAction("toggle_reaction", { channel_id, message_ts, name: button.dataset.react });
}

function openReactionPicker(button) {
  const picker = document.getElementById("picker");
  picker.message = button.closest(".message");
  openMenu(button, picker);
}

function copyLink(button) {
  const { message } = getTarget(button);
  navigator.clipboard?.writeText(message.querySelector(".time").href);
  showNotice("Link copied.");
  button.closest("[popover]").hidePopover();
}

function deleteMessage(button) {
  const { channel_id, message_ts } = getTarget(button);
  button.closest("[popover]").hidePopover();
  runAction("delete_message", { channel_id, message_ts });
}

function runShortcut(button) {
  const { channel_id, message_ts } = button.hasAttribute("data-on-message") ? getTarget(button) : {};
  button.closest("[popover]").hidePopover();
  runAction("run_shortcut", { callback_id: button.dataset.shortcut, channel_id, message_ts });
}

// `openThread` takes a channel id and a thread's timestamp.
export function startMessages(openThread) {
  document.addEventListener("load", onPictureLoad, true);
  document.addEventListener("pointerover", moveToolbar);
  document.addEventListener("focusin", moveToolbar);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.react) {
      toggleReaction(button);
    } else if (button.hasAttribute("data-open-picker")) {
      openReactionPicker(button);
    } else if (button.hasAttribute("data-open-thread")) {
      const { channel_id, message_ts, message } = getTarget(button);
      openThread(channel_id, message.dataset.threadTs || message_ts);
    } else if (button.hasAttribute("data-copy-link")) {
      copyLink(button);
    } else if (button.hasAttribute("data-delete")) {
      deleteMessage(button);
    } else if (button.dataset.shortcut) {
      runShortcut(button);
    }
  });
}
