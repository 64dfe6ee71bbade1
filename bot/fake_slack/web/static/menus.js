// Menus that open beside their button: one at a time, closed by Escape or a click elsewhere (the popover's own).

const MARGIN = 4;
const ITEM = "button:not([hidden]), a";

export function openMenu(button, menu) {
  menu.opener = button;
  menu.showPopover();
  placeBeside(button, menu);
  menu.querySelector(ITEM)?.focus();
}

function placeBeside(button, menu) {
  const from = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = from.bottom + MARGIN;
  const top = below + height > innerHeight ? Math.max(MARGIN, from.top - height - MARGIN) : below;
  const left = Math.min(Math.max(MARGIN, from.right - width), innerWidth - width - MARGIN);
  menu.style.top = `${top}px`;
  menu.style.left = `${Math.max(MARGIN, left)}px`;
}

export function closeMenu(menu) {
  menu.hidePopover();
  menu.opener?.focus();
}

// Arrow keys lead through the items, as in any menu.
export function walkMenu(event) {
  const menu = event.target.closest?.(".menu[popover]");
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (!menu || !step) return false;
  const items = [...menu.querySelectorAll(ITEM)];
  const at = items.indexOf(document.activeElement);
  items[(at + step + items.length) % items.length]?.focus();
  event.preventDefault();
  return true;
}

export function startMenus() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-menu]");
    if (!button) return;
    const menu = button.nextElementSibling;
    if (menu.matches(":popover-open")) menu.hidePopover();
    else openMenu(button, menu);
  });
  document.addEventListener("keydown", walkMenu);
  addEventListener("resize", () => {
    for (const menu of document.querySelectorAll(".menu:popover-open")) menu.hidePopover();
  });
}
