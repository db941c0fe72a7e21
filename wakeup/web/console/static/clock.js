// The time of the people, as the server has it, and the countdowns that go by it.
const started = performance.now();
const serverNow = Date.parse(document.body.dataset.now);
const chinese = document.documentElement.lang.startsWith("zh");
const speed = Number(document.body.dataset.speed) || 1;
let offset = 0;

const peopleNow = () => serverNow + offset + (performance.now() - started) * speed;

export function setNow(iso) {
  // The server's clock wins; a page that slept is put right by the next news.
  offset += Date.parse(iso) - peopleNow();
}

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
    const ms = Date.parse(time.dateTime) - now;
    const { left: early, late } = time.dataset;
    const text = early ? (ms < 0 ? late : early).replace("{}", left(Math.abs(ms))) : left(ms);
    if (time.textContent !== text) time.textContent = text;
    time.className = ms < 0 ? "over" : ms < 15 * 60000 ? "soon" : "";
  }
}
tick();
setInterval(tick, 500);
