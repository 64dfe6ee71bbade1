// Where the focus goes when a part of the page is made anew: it is never lost.

const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]";

// Change a part of the page. If the focus was in it, give it to the same control in what the change returns.
export function keepFocus(part, change) {
  const control = part.contains(document.activeElement) ? document.activeElement : null;
  const made = change();
  if (!control || !made) return;
  const now = made.contains(control) ? control : (same(control, made) ?? first(made));
  now?.focus({ preventScroll: true });
}

// Give the focus back to a control, or to what stands in its place now, or to where one goes on.
export function giveBack(control) {
  const message = control.closest(".message");
  const place = document.querySelector(message ? `.message[data-ts="${CSS.escape(message.dataset.ts)}"]` : "#home");
  const otherwise = document.querySelectorAll("#main textarea, #tabs [aria-selected=true]");
  document.activeElement.blur(); // a dialog that closes gives the focus back without the caret
  for (const one of [control, place && same(control, place), ...otherwise]) {
    if (document.activeElement === document.body) one?.focus();
  }
}

function same(control, made) {
  const found = [...made.querySelectorAll(FOCUSABLE)].filter((one) => nameOf(one) === nameOf(control));
  return found.find((one) => blockOf(one) === blockOf(control)) ?? found[0];
}

function first(made) {
  return made.matches(FOCUSABLE) ? made : made.querySelector(FOCUSABLE);
}

// What stays the same of a control while its label changes.
function nameOf(control) {
  const { channel, react } = control.dataset;
  const action = control.closest("[data-action]")?.dataset.action;
  const choice = control.matches("[type=radio], [type=checkbox]") ? control.value : "";
  const label = control.getAttribute("aria-label") ?? control.textContent;
  return [control.localName, choice, action ?? channel ?? react ?? label].join(" ");
}

function blockOf(control) {
  return control.closest("[data-block]")?.dataset.block;
}
