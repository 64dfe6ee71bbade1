// The page: which channel, thread or tab is open, who acts, and the stream of changes from the server.

import { startActions } from "./actions.js";
import { currentUser, fetchPart, parseHtml, runAction, showNotice } from "./api.js";
import { setClock, startClock, workspaceSeconds } from "./clock.js";
import { startComposer } from "./composer.js";
import { keepFocus } from "./focus.js";
import { startMenus } from "./menus.js";
import {
  fillList,
  findMessages,
  getList,
  highlightMessage,
  putMessage,
  removeMessage,
  startMessages,
} from "./messages.js";
import { showModal, startModal } from "./modal.js";
import { clearTyping, showTyping } from "./typing.js";

const POINTER_TIMEOUT_MS = 1000;
const $ = (id) => document.getElementById(id);
const channelPane = $("main");
const threadPane = $("thread");
const open = { channelId: "", threadTs: "", tab: "messages" }; // tab: messages, home, or a canvas's id
const unreadChannels = new Set();
const readUntil = new Map(); // by channel id, in the workspace's seconds
const openedAt = workspaceSeconds();
let stream = null;
let loading = Promise.resolve(); // the channel or thread that is being loaded
let handled = Promise.resolve(); // the events so far
let pointerReleased = Promise.resolve(); // replacing an element while the pointer is down would lose the click

// Acting as a member

function actAs(userId) {
  currentUser.id = userId;
  sessionStorage.setItem("actor", userId);
  const item = document.querySelector(`[data-actor="${CSS.escape(userId)}"]`);
  for (const one of document.querySelectorAll("[data-actor]")) one.setAttribute("aria-checked", String(one === item));
  const name = item.querySelector("span:last-child").firstChild.textContent;
  $("acting").replaceChildren(item.querySelector(".avatar").cloneNode(true), name);
  $("acting").setAttribute("aria-label", `Acting as ${name}: act as somebody else`);
  setBusy(true);
  openStream();
}

function openStream() {
  stream?.close();
  stream = new EventSource(`/page/stream?user_id=${currentUser.id}`);
  stream.onopen = () => navigate(location.pathname, location.search, { addToHistory: false });
  stream.onmessage = (message) => {
    // Events wait until a list is loaded: the loaded list would replace what an event adds.
    handled = handled
      .then(() => loading)
      .then(() => pointerReleased)
      .then(() => handleEvent(JSON.parse(message.data)))
      .catch(reportError);
  };
}

function handleEvent(event) {
  switch (event.type) {
    case "message":
      receiveMessage(event);
      break;
    case "message_deleted":
      removeMessage(event.channel_id, event.message_ts);
      break;
    case "modal":
      showModal(event.html);
      break;
    case "home":
      replaceContent($("home"), event.html);
      break;
    case "canvases":
      if (event.channel_id === open.channelId) showTabs(event.tabs, open.tab).catch(reportError);
      break;
    case "channels":
      replaceContent($("sidebar"), event.html);
      markSidebar();
      break;
    case "typing":
      receiveTyping(event);
      break;
    case "preparation":
      showPreparation(event.text);
      break;
    case "clock":
      setClock(event.now_ms, event.time_zone);
      break;
  }
}

function replaceContent(part, html) {
  keepFocus(part, () => {
    part.replaceChildren(parseHtml(html));
    return part;
  });
}

// Until the workspace is prepared, the page can only be read.
function showPreparation(text) {
  const wasPreparing = !$("preparing").hidden;
  $("preparing").textContent = text;
  $("preparing").hidden = !text;
  for (const part of [document.querySelector(".top"), document.querySelector(".columns")]) part.inert = Boolean(text);
  if (wasPreparing && !text) navigate(location.pathname, location.search, { addToHistory: false });
}

function receiveMessage({ channel_id, message_ts, thread_ts, user_id, html }) {
  const isOpen = channel_id === open.channelId;
  if (isOpen) clearTyping(thread_ts ? threadPane : channelPane, user_id);
  if (isOpen && !thread_ts) putMessage(getList(channelPane), channel_id, message_ts, html);
  if (isOpen && open.threadTs && [thread_ts, message_ts].includes(open.threadTs)) {
    putMessage(getList(threadPane), channel_id, message_ts, html);
  }
  if (isOpen && open.tab === "messages") {
    readUntil.set(channel_id, workspaceSeconds());
  } else if (!thread_ts && Number(message_ts) > (readUntil.get(channel_id) ?? openedAt)) {
    unreadChannels.add(channel_id);
    markSidebar();
  }
}

function receiveTyping({ channel_id, thread_ts, user_id, name }) {
  if (channel_id !== open.channelId || (thread_ts && thread_ts !== open.threadTs)) return;
  showTyping(thread_ts ? threadPane : channelPane, user_id, name);
}

// Navigation

function trackLoading(promise) {
  const finished = promise
    .catch((error) => showNotice(`This could not be opened (${error.message}).`))
    .finally(() => finished === loading && setBusy(false));
  setBusy(true);
  loading = finished;
  return finished;
}

// Screen readers do not read a list aloud while it is marked as busy.
function setBusy(isBusy) {
  for (const list of document.querySelectorAll(".messages")) list.setAttribute("aria-busy", String(isBusy));
}

const navigate = (...where) => trackLoading(openPath(...where));
const openThread = (...which) => trackLoading(loadThread(...which));

// Open a Slack link: /archives/C… or /archives/C…/p… with the thread, tab or canvas in its query.
async function openPath(path, search = "", { addToHistory = true } = {}) {
  const [, pathChannelId, pathMessage] = path.match(/^\/archives\/([A-Z0-9]+)(?:\/p(\d+))?/) ?? [];
  const channelId = chooseChannel(pathChannelId);
  const query = new URLSearchParams(search);
  if (addToHistory) history.pushState(null, "", path + search);
  document.body.classList.remove("sidebar-open");
  await openChannel(channelId, query.has("home") ? "home" : (query.get("canvas") ?? "messages"));
  const messageTs = pathMessage && `${pathMessage.slice(0, -6)}.${pathMessage.slice(-6)}`;
  const threadTs = query.get("thread_ts");
  if (threadTs) await loadThread(channelId, threadTs, { moveFocus: false });
  else if (open.threadTs && !addToHistory) await loadThread(channelId, open.threadTs, { moveFocus: false });
  else closeThread({ moveFocus: false });
  const [message] = messageTs ? [...findMessages(channelId, messageTs)].reverse() : []; // the thread's, if in both
  if (message) highlightMessage(message);
}

// Each member has a direct message of their own with the app: it stays open when the actor changes.
function chooseChannel(channelId = document.body.dataset.start) {
  return channelId.startsWith("D") ? `D${currentUser.id.slice(1)}` : channelId;
}

async function openChannel(channelId, tab) {
  open.channelId = channelId;
  unreadChannels.delete(channelId);
  readUntil.set(channelId, workspaceSeconds());
  const channel = await (await fetchPart(`channels/${channelId}`)).json();
  if (open.channelId !== channelId) return; // another channel was opened in the meantime
  $("channel-header").replaceChildren(parseHtml(channel.header));
  fillList(getList(channelPane), channel.messages);
  document.title = channel.is_direct ? "Stand-in workspace" : `${channel.name} · Stand-in workspace`;
  await showTabs(channel.tabs, tab);
  if (channel.is_direct) runAction("open_home", { tab: open.tab }); // what the app publishes comes by the stream
  markSidebar();
}

async function showTabs(html, wantedTab) {
  replaceContent($("tabs"), html);
  const tabs = [...$("tabs").children];
  open.tab = tabs.some((tab) => tab.dataset.tab === wantedTab) ? wantedTab : "messages";
  const isCanvas = open.tab !== "messages" && open.tab !== "home";
  $("tabs").hidden = tabs.length === 0;
  $("home").hidden = open.tab !== "home";
  $("canvas").hidden = !isCanvas;
  getList(channelPane).hidden = channelPane.querySelector(".composer").hidden = open.tab !== "messages";
  for (const tab of tabs) tab.setAttribute("aria-selected", String(tab.dataset.tab === open.tab));
  if (open.tab === "home") replaceContent($("home"), await (await fetchPart("home")).text());
  if (!isCanvas) return;
  const canvas = await (await fetchPart(`canvases/${open.tab}`)).text();
  if (open.tab === wantedTab) replaceContent($("canvas"), canvas);
}

async function loadThread(channelId, threadTs, { moveFocus = true } = {}) {
  open.threadTs = threadTs;
  const html = await (await fetchPart(`threads/${channelId}/${threadTs}`)).text();
  if (open.threadTs !== threadTs) return; // another thread was opened in the meantime
  threadPane.hidden = false;
  document.body.classList.add("thread-open");
  fillList(getList(threadPane), html);
  if (moveFocus) threadPane.querySelector("textarea").focus();
}

function closeThread({ moveFocus = true } = {}) {
  open.threadTs = "";
  threadPane.hidden = true;
  document.body.classList.remove("thread-open");
  if (moveFocus) channelPane.querySelector("textarea").focus();
}

function markSidebar() {
  for (const entry of document.querySelectorAll("#sidebar .entry")) {
    const { channelId } = entry.dataset;
    if (channelId === open.channelId) entry.setAttribute("aria-current", "page");
    else entry.removeAttribute("aria-current");
    entry.classList.toggle("unread", unreadChannels.has(channelId) && channelId !== open.channelId);
  }
}

// Links within the workspace are followed without loading the page again.
function followLink(event) {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const url = new URL(link.href);
  const canvasId = url.pathname.match(/^\/docs\/[^/]+\/(\w+)$/)?.[1];
  const tab = canvasId && document.querySelector(`#tabs [data-tab="${CSS.escape(canvasId)}"]`);
  if (url.origin === location.origin && tab) {
    event.preventDefault();
    tab.click();
  }
  if (url.origin !== location.origin || !url.pathname.startsWith("/archives/")) return;
  event.preventDefault();
  navigate(url.pathname, url.search);
}

function onPointerDown() {
  pointerReleased = new Promise((resolve) => {
    // The click event comes after pointerup, so that resolving waits for one more turn of the event loop.
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(resolve), { once: true });
    setTimeout(resolve, POINTER_TIMEOUT_MS);
  });
}

function startNavigation() {
  $("close-thread").addEventListener("click", () => closeThread());
  $("open-sidebar").addEventListener("click", () => document.body.classList.toggle("sidebar-open"));
  $("tabs").addEventListener("click", (event) => {
    const { tab } = event.target.closest("[data-tab]")?.dataset ?? {};
    if (tab) navigate(location.pathname, { home: "?home", messages: "" }[tab] ?? `?canvas=${tab}`);
  });
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    channelPane.querySelector("textarea").focus();
  });
  document.addEventListener("keydown", (event) => {
    const isCovered = document.querySelector("dialog[open], :popover-open");
    if (event.key === "Escape" && open.threadTs && !isCovered) closeThread();
  });
  addEventListener("popstate", () => navigate(location.pathname, location.search, { addToHistory: false }));
}

function start() {
  addEventListener("pointerdown", onPointerDown, true);
  startMenus();
  startActions();
  startModal();
  startMessages(openThread);
  startNavigation();
  startClock();
  const composer = startComposer(channelPane.querySelector(".composer"), () => ({ channel_id: open.channelId }));
  const getThread = () => ({ channel_id: open.channelId, thread_ts: open.threadTs });
  startComposer(threadPane.querySelector(".composer"), getThread);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button, code");
    if (button?.dataset.actor) {
      button.closest("[popover]").hidePopover();
      actAs(button.dataset.actor);
    } else if (button?.dataset.moveClock) {
      button.closest("[popover]").hidePopover();
      runAction("move_clock", { to: button.dataset.moveClock });
    } else if (button?.matches(".guide code")) {
      composer.setText(button.textContent);
    }
    followLink(event);
  });
  const actors = document.body.dataset.actors.split(" ");
  const lastActor = sessionStorage.getItem("actor");
  actAs(actors.includes(lastActor) ? lastActor : actors[0]);
}

start();
