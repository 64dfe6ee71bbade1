// The page's way to its server. Everything is done as one member.

export const me = { id: "" };

export async function act(name, asked = {}) {
  const response = await fetch(`/play/${name}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ as: me.id, ...asked }),
  });
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  notice(REFUSALS[answer.refused] ?? `That did not work (${answer.refused ?? response.status}).`);
  return null;
}

export async function ask(path) {
  const response = await fetch(`/play/${path}${path.includes("?") ? "&" : "?"}as=${me.id}`);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response;
}

export async function upload(file) {
  const response = await fetch(`/play/upload?as=${me.id}&name=${encodeURIComponent(file.name)}`, {
    method: "POST",
    body: file,
  });
  if (response.ok) return (await response.json()).id;
  notice(`${file.name} could not be uploaded: it may be too large.`);
  return null;
}

const REFUSALS = {
  cant_delete_message: "Only who wrote a message can delete it.",
  message_not_found: "That message is not there any more.",
  view_not_found: "That dialog is not open any more.",
  is_archived: "This channel is archived.",
  already_reacted: "You have reacted with that already.",
};

export function notice(words) {
  const line = document.createElement("p");
  line.textContent = words;
  document.getElementById("notices").replaceChildren(line);
  setTimeout(() => line.remove(), 6000);
}

// HTML comes from the page's own server only, which escapes every text in it.
export function elements(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}
