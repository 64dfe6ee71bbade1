// The message fields: sending, completing slash commands, and telling other members that somebody is typing.

import { runAction } from "./api.js";

const TYPING_INTERVAL_MS = 3000; // between two typing notices
const MAX_FIELD_HEIGHT_PX = 200;

// `getLocation` returns the channel and, in a thread, the thread to which the field posts.
export function startComposer(form, getLocation) {
  const field = form.querySelector("textarea");
  const list = form.querySelector(".completions");
  let lastTypingNotice = 0;

  const fitHeight = () => {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, MAX_FIELD_HEIGHT_PX)}px`;
  };

  const visibleOptions = () => [...list.querySelectorAll("[role=option]:not([hidden])")];

  const showCompletions = () => {
    const typed = field.value;
    for (const option of list.querySelectorAll("[role=option]")) {
      const command = option.dataset.complete.trim();
      option.hidden = !(typed.startsWith("/") && command.startsWith(typed.trim()) && !typed.includes(" "));
    }
    list.hidden = visibleOptions().length === 0;
    selectOption(0);
  };

  const selectOption = (index) => {
    visibleOptions().forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    field.setAttribute("aria-activedescendant", visibleOptions()[index]?.id ?? "");
  };

  const hideCompletions = () => {
    list.hidden = true;
    field.removeAttribute("aria-activedescendant");
  };

  const selectedIndex = () =>
    visibleOptions().findIndex((option) => option.getAttribute("aria-selected") === "true");

  const completeWith = (option) => {
    setText(option.dataset.complete);
    hideCompletions();
  };

  const setText = (text) => {
    field.value = text;
    fitHeight();
    field.focus();
    field.setSelectionRange(text.length, text.length);
  };

  const send = async () => {
    const text = field.value.trim();
    if (!text) return;
    setText("");
    hideCompletions();
    const answer = await runAction("send_message", { ...getLocation(), text });
    if (answer === null) setText(text); // it was refused: nothing typed is lost
  };

  field.addEventListener("input", () => {
    fitHeight();
    showCompletions();
    if (field.value.startsWith("/") || Date.now() - lastTypingNotice < TYPING_INTERVAL_MS) return;
    lastTypingNotice = Date.now();
    runAction("send_typing", getLocation());
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // Enter only accepts what an input method suggests
    const options = visibleOptions();
    if (!list.hidden && options.length) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const selected = options[selectedIndex()];
      if (step) {
        event.preventDefault();
        selectOption((selectedIndex() + step + options.length) % options.length);
      } else if (
        event.key === "Tab" ||
        (event.key === "Enter" && field.value.trim() !== selected.dataset.complete.trim())
      ) {
        event.preventDefault();
        completeWith(selected);
        return;
      } else if (event.key === "Escape") {
        event.stopPropagation(); // or the open thread would close too
        hideCompletions();
      }
    }
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send();
    }
  });
  list.addEventListener("click", (event) => completeWith(event.target.closest("[role=option]")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  return { setText };
}
