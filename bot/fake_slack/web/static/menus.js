// Menus that open beside their button. The browser's popover closes them on Escape or a click elsewhere.

const MARGIN_PX = 4;
const MENU_ITEMS = "button:not([hidden]), a";

export function openMenu(button, menu) {
  menu.opener = button;
  menu.showPopover();
  positionBeside(button, menu);
  menu.querySelector(MENU_ITEMS)?.focus();
}

function positionBeside(button, menu) {
  const anchor = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = anchor.bottom + MARGIN_PX;
  const top = below + height > innerHeight ? Math.max(MARGIN_PX, anchor.top - height - MARGIN_PX) : below;
  const left = Math.min(Math.max(MARGIN_PX, anchor.right - width), innerWidth - width - MARGIN_PX);
  menu.style.top = `${top}px`;
  menu.style.left = `${Math.max(MARGIN_PX, left)}px`;
}

export function closeMenu(menu) {
  menu.hidePopover();
  menu.opener?.focus();
}

// Arrow keys move the focus through the items, as the ARIA menu pattern requires.
function moveFocusInMenu(event) {
  const menu = event.target.closest?.(".menu[popover]");
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (!menu || !step) return;
  const items = [...menu.querySelectorAll(MENU_ITEMS)];
  const index = items.indexOf(document.activeElement);
  items[(index + step + items.length) % items.length]?.focus();
  event.preventDefault();
}

export function startMenus() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-menu]");
    if (!button) return;
    const menu = button.nextElementSibling;
    if (menu.matches(":popover-open")) menu.hidePopover();
    else openMenu(button, menu);
  });
  document.addEventListener("keydown", moveFocusInMenu);
  addEventListener("resize", () => {
    for (const menu of document.querySelectorAll(".menu:popover-open")) menu.hidePopover();
  });
}
