// Every page: language and zone, keys, countdowns, drafts, confirmations. The board's and the case page's news come from
// modules of their own. Without this file everything still works, but for what is live.
const body = document.body;
const started = performance.now();
const serverNow = Date.parse(body.dataset.now);
const chinese = document.documentElement.lang.startsWith("zh");
const speed = Number(body.dataset.speed) || 1;
let offset = 0;

export const peopleNow = () => serverNow + offset + (performance.now() - started) * speed;

export function setNow(iso) {
  // The server's clock wins; a page that slept is put right by the next news.
  offset += Date.parse(iso) - peopleNow();
}

function remember(name, value) {
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/console; max-age=31536000; samesite=strict; secure`;
}

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.includes(`zone=${encodeURIComponent(zone)}`)) remember("zone", zone);

function left(ms) {
  const sign = ms < 0 ? "−" : "";
  let s = Math.floor(Math.abs(ms) / 1000);
  const days = Math.floor(s / 86400);
  const hours = Math.floor((s % 86400) / 3600);
  if (days) return chinese ? `${sign}${days}天${hours}小时` : `${sign}${days}d ${hours}h`;
  const minutes = Math.floor((s % 3600) / 60);
  const two = (n) => String(n).padStart(2, "0");
  s %= 60;
  return sign + (hours ? `${hours}:${two(minutes)}:${two(s)}` : `${minutes}:${two(s)}`);
}

export function tick() {
  const now = peopleNow();
  for (const time of document.querySelectorAll("time[data-until]")) {
    const ms = Date.parse(time.dataset.until) - now;
    const text = left(ms);
    if (time.textContent !== text) time.textContent = text;
    time.className = ms < 0 ? "over" : ms < 15 * 60000 ? "soon" : "";
  }
}
tick();
setInterval(tick, 500);

for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => { remember("language", button.dataset.language); location.reload(); });
}
for (const field of document.querySelectorAll("[data-submits]")) field.addEventListener("change", () => field.form.submit());
document.addEventListener("submit", (event) => {
  const asks = event.submitter?.dataset.confirm;
  if (asks && !window.confirm(asks)) event.preventDefault();
});

// Whoever speaks to their computer, or is easily slipped up, turns the keys off at "Your account".
const keysOff = () => /(^|; )keys=off/.test(document.cookie);
function showKeys() {
  body.classList.toggle("keyless", keysOff());
  document.querySelector("[data-keys]")?.setAttribute("aria-pressed", String(!keysOff()));
}
showKeys();
document.querySelector("[data-keys]")?.addEventListener("click", () => { remember("keys", keysOff() ? "on" : "off"); showKeys(); });

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || keysOff()) return;
  // A box that was ticked takes no letters: the next key is heard, too.
  if (event.target.closest("input:not([type=radio], [type=checkbox]), select, textarea")) return;
  const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.matches("input, select, textarea")) target.focus(); else target.click();
});

if (document.querySelector("[data-watch]")) import("./watch.js");
if (document.querySelector("[data-chart]")) import("./chart.js");
if (document.querySelector("[data-live]")) import("./live.js");
if (document.querySelector("[data-desk]")) import("./desk.js");
