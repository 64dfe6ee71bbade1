// The fields to write in: sending, commands that complete themselves, and telling others that one types.

import { act } from "./api.js";

const TYPING = 3000; // milliseconds between two signs of typing

export function startComposer(form, where) {
  const field = form.querySelector("textarea");
  const list = form.querySelector(".completions");
  let told = 0;

  const grow = () => {
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, 200)}px`;
  };

  const shown = () => [...list.querySelectorAll("[role=option]:not([hidden])")];

  const complete = () => {
    const words = field.value;
    for (const option of list.querySelectorAll("[role=option]")) {
      const command = option.dataset.complete.trim();
      option.hidden = !(words.startsWith("/") && command.startsWith(words.trim()) && !words.includes(" "));
    }
    list.hidden = shown().length === 0;
    select(0);
  };

  const select = (index) => {
    shown().forEach((option, number) => option.setAttribute("aria-selected", String(number === index)));
    field.setAttribute("aria-activedescendant", shown()[index]?.id ?? "");
  };

  const hide = () => {
    list.hidden = true;
    field.removeAttribute("aria-activedescendant");
  };

  const selected = () => shown().findIndex((option) => option.getAttribute("aria-selected") === "true");

  const choose = (option) => {
    write(option.dataset.complete);
    hide();
  };

  const write = (words) => {
    field.value = words;
    grow();
    field.focus();
    field.setSelectionRange(words.length, words.length);
  };

  const send = async () => {
    const text = field.value.trim();
    if (!text) return;
    write("");
    hide();
    if ((await act("say", { ...where(), text })) === null) write(text);
  };

  field.addEventListener("input", () => {
    grow();
    complete();
    if (field.value.startsWith("/") || Date.now() - told < TYPING) return;
    told = Date.now();
    act("typing", where());
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const options = shown();
    if (!list.hidden && options.length) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        event.preventDefault();
        select((selected() + step + options.length) % options.length);
      } else if (event.key === "Tab" || (event.key === "Enter" && field.value.trim() !== options[selected()].dataset.complete.trim())) {
        event.preventDefault();
        choose(options[selected()]);
        return;
      } else if (event.key === "Escape") {
        event.stopPropagation(); // or a thread would close too
        hide();
      }
    }
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send();
    }
  });
  list.addEventListener("click", (event) => choose(event.target.closest("[role=option]")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  return { write };
}
