// The workspace's clock: it runs, but need not agree with this machine's clock.

const display = document.getElementById("now");
let offsetMs = Number(document.body.dataset.now) - Date.now(); // the workspace's clock minus this machine's
let timeZone = "UTC";

// `nowMs` is the workspace's time in milliseconds since the epoch; the zone is that of the member acted as.
export function setClock(nowMs, zone) {
  offsetMs = nowMs - Date.now();
  timeZone = zone;
  showTime();
}

// The workspace's time in whole seconds, comparable with a message's timestamp.
export function workspaceSeconds() {
  return Math.floor((Date.now() + offsetMs) / 1000);
}

function showTime() {
  const time = new Date(Date.now() + offsetMs);
  const format = new Intl.DateTimeFormat("en-GB", {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    timeZone,
  });
  display.textContent = format.format(time).replace(" at ", ", ");
  display.dateTime = time.toISOString();
}

export function startClock() {
  setInterval(showTime, 1000);
}
