// Keyboard focus: when a part of the page is replaced, the focus moves to the matching new control.

const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]";

// Replace a part of the page. `change` does it and returns the new part. If the focus was in the old part, it moves
// to the same control in the new one.
export function keepFocus(part, change) {
  const control = part.contains(document.activeElement) ? document.activeElement : null;
  const newPart = change();
  if (!control || !newPart) return;
  const next = newPart.contains(control) ? control : (findSameControl(control, newPart) ?? findFirstControl(newPart));
  next?.focus({ preventScroll: true });
}

// Return the focus to the control that opened a dialog, to its replacement, or to the message field.
export function restoreFocus(control) {
  const message = control.closest(".message");
  const container = document.querySelector(
    message ? `.message[data-message-ts="${CSS.escape(message.dataset.messageTs)}"]` : "#home",
  );
  const fallbacks = document.querySelectorAll("#main textarea, #tabs [aria-selected=true]");
  document.activeElement.blur(); // a closing dialog restores the focus by itself, but without the text cursor
  for (const candidate of [control, container && findSameControl(control, container), ...fallbacks]) {
    if (document.activeElement === document.body) candidate?.focus();
  }
}

function findSameControl(control, part) {
  const matches = [...part.querySelectorAll(FOCUSABLE)].filter((one) => controlKey(one) === controlKey(control));
  return matches.find((one) => blockIdOf(one) === blockIdOf(control)) ?? matches[0];
}

function findFirstControl(part) {
  return part.matches(FOCUSABLE) ? part : part.querySelector(FOCUSABLE);
}

// What identifies a control even when its label changes, as the count on a reaction does.
function controlKey(control) {
  const { channelId, react } = control.dataset;
  const actionId = control.closest("[data-action-id]")?.dataset.actionId;
  const choice = control.matches("[type=radio], [type=checkbox]") ? control.value : "";
  const label = control.getAttribute("aria-label") ?? control.textContent;
  return [control.localName, choice, actionId ?? channelId ?? react ?? label].join(" ");
}

function blockIdOf(control) {
  return control.closest("[data-block-id]")?.dataset.blockId;
}
