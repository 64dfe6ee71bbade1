// The line below a message list that says who is typing.

const TYPING_NOTICE_MS = 4000; // longer than a client's interval between two notices
const timers = new Map(); // by line

export function showTyping(pane, userId, name) {
  const line = pane.querySelector(".typing");
  clearTimeout(timers.get(line));
  line.dataset.userId = userId;
  line.textContent = `${name} is typing…`;
  timers.set(line, setTimeout(() => (line.textContent = ""), TYPING_NOTICE_MS));
}

// Remove the line when the member who was typing has posted.
export function clearTyping(pane, userId) {
  const line = pane.querySelector(".typing");
  if (line.dataset.userId === userId) line.textContent = "";
}
