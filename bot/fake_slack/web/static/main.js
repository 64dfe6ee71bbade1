// The page: which channel, thread or Home is shown to whom, and the stream of what changes.

import { startActions } from "./actions.js";
import { act, ask, elements, me, notice } from "./api.js";
import { startComposer } from "./composer.js";
import { keepFocus } from "./focus.js";
import { startMenus } from "./menus.js";
import { addressed, fill, listOf, remove, show, startMessages, take } from "./messages.js";
import { showModal, startModal } from "./modal.js";

const $ = (id) => document.getElementById(id);
const main = $("main");
const thread = $("thread");
const here = { channel: "", thread: "", tab: "messages" }; // tab: messages, home, or a canvas's id
const unread = new Set();
const readUntil = new Map(); // by channel, in the workspace's seconds
let stream = null;
let lead = Number(document.body.dataset.now) - Date.now(); // milliseconds of the workspace's clock before this machine's
let zone = "UTC";
let loading = Promise.resolve(); // a channel or thread that is on its way
let heard = Promise.resolve();
let released = Promise.resolve(); // what changes under a pointer that is down would swallow the click
const since = now(); // when the page was opened

// Who acts

function become(actor) {
  me.id = actor;
  sessionStorage.setItem("actor", actor);
  const item = document.querySelector(`[data-actor="${CSS.escape(actor)}"]`);
  for (const one of document.querySelectorAll("[data-actor]")) one.setAttribute("aria-checked", String(one === item));
  const name = item.querySelector("span:last-child").firstChild.textContent;
  $("acting").replaceChildren(item.querySelector(".avatar").cloneNode(true), name);
  $("acting").setAttribute("aria-label", `Acting as ${name}: act as somebody else`);
  busy(true);
  listen();
}

function listen() {
  stream?.close();
  stream = new EventSource(`/play/stream?as=${me.id}`);
  stream.onopen = () => open(location.pathname, location.search, { anew: false });
  stream.onmessage = (event) => {
    // What comes while a list is loaded comes after it, or the list would replace it.
    heard = heard.then(() => loading).then(() => released).then(() => hear(JSON.parse(event.data))).catch(reportError);
  };
}

function hear(event) {
  switch (event.what) {
    case "message":
      arrive(event);
      break;
    case "gone":
      remove(event.channel, event.ts);
      break;
    case "view":
      showModal(event.html);
      break;
    case "home":
      renew($("home"), event.html);
      break;
    case "document":
      if (event.channel === here.channel) showTabs(event.tabs, here.tab).catch(reportError);
      break;
    case "channels":
      renew($("sidebar"), event.html);
      markPlaces();
      break;
    case "typing":
      showTyping(event);
      break;
    case "preparing":
      prepare(event.words);
      break;
    case "clock":
      lead = event.now - Date.now();
      zone = event.zone;
      tell();
      break;
  }
}

function renew(part, html) {
  keepFocus(part, () => {
    part.replaceChildren(elements(html));
    return part;
  });
}

// Until the workspace is ready, one can only look on.
function prepare(words) {
  const before = !$("preparing").hidden;
  $("preparing").textContent = words;
  $("preparing").hidden = !words;
  for (const part of [document.querySelector(".top"), document.querySelector(".columns")]) part.inert = Boolean(words);
  if (before && !words) open(location.pathname, location.search, { anew: false });
}

function arrive({ channel, ts, thread: of, user, html }) {
  const shown = channel === here.channel;
  if (shown) endTyping(of ? thread : main, user);
  if (shown && !of) take(listOf(main), channel, ts, html);
  if (shown && here.thread && (of === here.thread || ts === here.thread)) take(listOf(thread), channel, ts, html);
  if (shown && here.tab === "messages") readUntil.set(channel, now());
  else if (!of && Number(ts) > (readUntil.get(channel) ?? since)) {
    unread.add(channel);
    markPlaces();
  }
}

// Where one is

function load(coming) {
  const ready = coming
    .catch((error) => notice(`This could not be opened (${error.message}).`))
    .finally(() => ready === loading && busy(false));
  busy(true);
  loading = ready;
  return ready;
}

// Screen readers wait with reading a list until it is whole.
function busy(on) {
  for (const list of document.querySelectorAll(".messages")) list.setAttribute("aria-busy", String(on));
}

const open = (...where) => load(goTo(...where));
const openThread = (...which) => load(goToThread(...which));

async function goTo(path, search = "", { anew = true } = {}) {
  const [, channelPath, messagePath] = path.match(/^\/archives\/([A-Z0-9]+)(?:\/p(\d+))?/) ?? [];
  const channel = ownPlace(channelPath);
  const query = new URLSearchParams(search);
  if (anew) history.pushState(null, "", path + search);
  document.body.classList.remove("sidebar-open");
  await openChannel(channel, query.has("home") ? "home" : query.get("canvas") ?? "messages");
  const ts = messagePath && `${messagePath.slice(0, -6)}.${messagePath.slice(-6)}`;
  const of = query.get("thread_ts");
  if (of) await goToThread(channel, of, { move: false });
  else if (here.thread && !anew) await goToThread(channel, here.thread, { move: false });
  else closeThread({ move: false });
  const [message] = ts ? [...addressed(channel, ts)].reverse() : [];
  if (message) show(message);
}

// Every member has a direct message with the app of their own: the place stays when the member changes.
function ownPlace(channel = document.body.dataset.start) {
  return channel.startsWith("D") ? `D${me.id.slice(1)}` : channel;
}

async function openChannel(channel, tab) {
  here.channel = channel;
  unread.delete(channel);
  readUntil.set(channel, now());
  const about = await (await ask(`channel/${channel}`)).json();
  if (here.channel !== channel) return;
  $("place").replaceChildren(elements(about.place));
  fill(listOf(main), about.messages);
  document.title = about.direct ? "Stand-in workspace" : `${about.name} · Stand-in workspace`;
  await showTabs(about.tabs, tab);
  if (about.direct) act("home", { tab: here.tab }); // what the app makes of it comes by the stream
  markPlaces();
}

async function showTabs(html, wanted) {
  renew($("tabs"), html);
  const tabs = [...$("tabs").children];
  here.tab = tabs.some((tab) => tab.dataset.tab === wanted) ? wanted : "messages";
  const isCanvas = here.tab !== "messages" && here.tab !== "home";
  $("tabs").hidden = tabs.length === 0;
  $("home").hidden = here.tab !== "home";
  $("canvas").hidden = !isCanvas;
  listOf(main).hidden = main.querySelector(".composer").hidden = here.tab !== "messages";
  for (const tab of tabs) tab.setAttribute("aria-selected", String(tab.dataset.tab === here.tab));
  if (here.tab === "home") renew($("home"), await (await ask("home")).text());
  if (!isCanvas) return;
  const canvas = await (await ask(`canvas/${here.tab}`)).text();
  if (here.tab === wanted) renew($("canvas"), canvas);
}

async function goToThread(channel, ts, { move = true } = {}) {
  here.thread = ts;
  const html = await (await ask(`thread/${channel}/${ts}`)).text();
  if (here.thread !== ts) return;
  thread.hidden = false;
  document.body.classList.add("thread-open");
  fill(listOf(thread), html);
  if (move) thread.querySelector("textarea").focus();
}

function closeThread({ move = true } = {}) {
  here.thread = "";
  thread.hidden = true;
  document.body.classList.remove("thread-open");
  if (move) main.querySelector("textarea").focus();
}

function markPlaces() {
  for (const entry of document.querySelectorAll("#sidebar .entry")) {
    const { channel } = entry.dataset;
    if (channel === here.channel) entry.setAttribute("aria-current", "page");
    else entry.removeAttribute("aria-current");
    entry.classList.toggle("unread", unread.has(channel) && channel !== here.channel);
  }
}

// Typing and time

const typists = new Map();

function showTyping({ channel, thread: of, user, name }) {
  const place = of ? thread : main;
  if (channel !== here.channel || (of && of !== here.thread)) return;
  const line = place.querySelector(".typing");
  clearTimeout(typists.get(line));
  line.dataset.user = user;
  line.textContent = `${name} is typing…`;
  typists.set(line, setTimeout(() => (line.textContent = ""), 4000));
}

function endTyping(place, user) {
  const line = place.querySelector(".typing");
  if (line.dataset.user === user) line.textContent = "";
}

function now() {
  return Math.floor((Date.now() + lead) / 1000);
}

function tell() {
  const at = new Date(Date.now() + lead);
  const form = { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  $("now").textContent = new Intl.DateTimeFormat("en-GB", { ...form, timeZone: zone }).format(at).replace(" at ", ", ");
  $("now").dateTime = at.toISOString();
}

// Links within the workspace stay on the page.
function followed(event) {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const url = new URL(link.href);
  const canvas = url.pathname.match(/^\/docs\/[^/]+\/(\w+)$/)?.[1];
  const tab = canvas && document.querySelector(`#tabs [data-tab="${CSS.escape(canvas)}"]`);
  if (url.origin === location.origin && tab) {
    event.preventDefault();
    tab.click();
  }
  if (url.origin !== location.origin || !url.pathname.startsWith("/archives/")) return;
  event.preventDefault();
  open(url.pathname, url.search);
}

function pointerDown() {
  released = new Promise((resolve) => {
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(resolve), { once: true });
    setTimeout(resolve, 1000);
  });
}

function start() {
  addEventListener("pointerdown", pointerDown, true);
  startMenus();
  startActions();
  startModal();
  startMessages(openThread);
  const composer = startComposer(main.querySelector(".composer"), () => ({ channel: here.channel }));
  startComposer(thread.querySelector(".composer"), () => ({ channel: here.channel, thread: here.thread }));
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button, code");
    if (button?.dataset.actor) {
      button.closest("[popover]").hidePopover();
      become(button.dataset.actor);
    } else if (button?.dataset.jump) {
      button.closest("[popover]").hidePopover();
      act("clock", { to: button.dataset.jump });
    } else if (button?.matches(".guide code")) {
      composer.write(button.textContent);
    }
    followed(event);
  });
  document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    main.querySelector("textarea").focus();
  });
  $("close-thread").addEventListener("click", () => closeThread());
  $("open-sidebar").addEventListener("click", () => document.body.classList.toggle("sidebar-open"));
  $("tabs").addEventListener("click", (event) => {
    const { tab } = event.target.closest("[data-tab]")?.dataset ?? {};
    if (tab) open(location.pathname, { home: "?home", messages: "" }[tab] ?? `?canvas=${tab}`);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && here.thread && !document.querySelector("dialog[open], :popover-open")) closeThread();
  });
  addEventListener("popstate", () => open(location.pathname, location.search, { anew: false }));
  setInterval(tell, 1000);
  const actors = document.body.dataset.actors.split(" ");
  const last = sessionStorage.getItem("actor");
  become(actors.includes(last) ? last : actors[0]);
}

start();
