// Requests to the page's own server. Every request names the member whom the visitor acts as.

export const currentUser = { id: "" };

const NOTICE_DURATION_MS = 6000;

// Do something in the workspace. Returns the server's answer, or null after showing why it was refused.
export async function runAction(name, fields = {}) {
  const response = await fetch(`/page/${name}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ user_id: currentUser.id, ...fields }),
  });
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  showNotice(ERROR_MESSAGES[answer.error] ?? `That did not work (${answer.error ?? response.status}).`);
  return null;
}

export async function fetchPart(path) {
  const response = await fetch(`/page/${path}?user_id=${currentUser.id}`);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response;
}

// Upload a file. Returns its id, or null after showing that it failed.
export async function uploadFile(file) {
  const response = await fetch(`/page/upload?user_id=${currentUser.id}&name=${encodeURIComponent(file.name)}`, {
    method: "POST",
    body: file,
  });
  if (response.ok) return (await response.json()).id;
  showNotice(`${file.name} could not be uploaded: it may be too large.`);
  return null;
}

const ERROR_MESSAGES = {
  cant_delete_message: "Only who wrote a message can delete it.",
  message_not_found: "That message is not there any more.",
  view_not_found: "That dialog is not open any more.",
  is_archived: "This channel is archived.",
  already_reacted: "You have reacted with that already.",
};

export function showNotice(text) {
  const line = document.createElement("p");
  line.textContent = text;
  document.getElementById("notices").replaceChildren(line);
  setTimeout(() => line.remove(), NOTICE_DURATION_MS);
}

// Only HTML from the page's own server may be passed in: the server escapes every text in it.
export function parseHtml(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}
