// Every page: language and zone, keys, confirmations, and the countdowns of clock.js. The board's and the case page's
// news come from modules of their own. Everything but live updates and drafts works without this file.
import "./clock.js";
import { signOut } from "./drafts.js";
import { sayEnded } from "./ended.js";

const body = document.body;

function remember(name, value) {
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/console; max-age=31536000; samesite=strict; secure`;
}

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.includes(`zone=${encodeURIComponent(zone)}`)) remember("zone", zone);

// The answer to a form is not loaded again, because that would do the act again.
function loadAgain() {
  if (body.dataset.here) location.assign(body.dataset.here); else location.reload();
}
for (const button of document.querySelectorAll("[data-language]")) {
  button.addEventListener("click", () => { remember("language", button.dataset.language); loadAgain(); });
}
for (const field of document.querySelectorAll("[data-submits]")) {
  field.addEventListener("change", () => field.form.submit());
}
document.addEventListener("submit", (event) => {
  const asks = event.submitter?.dataset.confirm;
  if (asks && !window.confirm(asks)) event.preventDefault();
});

// People who use speech input, or press keys by accident, can turn the shortcuts off at "Your account".
const keysOff = () => /(^|; )keys=off/.test(document.cookie);
function showKeys() {
  body.classList.toggle("keyless", keysOff());
  document.querySelector("[data-keys]")?.setAttribute("aria-pressed", String(!keysOff()));
}
showKeys();
document.querySelector("[data-keys]")?.addEventListener("click", () => {
  remember("keys", keysOff() ? "on" : "off");
  showKeys();
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || keysOff()) return;
  // A checkbox takes no text, so shortcuts still work in it.
  if (event.target.closest("input:not([type=radio], [type=checkbox]), select, textarea")) return;
  const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.matches("input, select, textarea")) target.focus(); else target.click();
});

const address = new URL(location.href);
const answers = ["said", "sent"].some((name) => address.searchParams.has(name)) || "refused" in body.dataset;
if (answers) import("./focus.js");
// What was done, or was not, is said once: loaded again, or kept as a bookmark, the page claims nothing.
// The answer to a form keeps its address: under another it could not be loaded again, and `again` keeps it from being
// done.
for (const name of ["said", "again"]) {
  if (!address.searchParams.has(name) || body.dataset.here) continue;
  address.searchParams.delete(name);
  history.replaceState(null, "", address);
}

// Another tab found that the session is over. The sign-in page has none to lose.
if (document.querySelector("[data-signed-out]")) signOut(); else addEventListener("signed-out", sayEnded);

if (document.querySelector("[data-watch]")) import("./watch.js");
if (document.querySelector("[data-chart]")) import("./chart.js");
if (document.querySelector("[data-live]")) import("./live.js");
if (document.querySelector("[data-desk]")) import("./desk.js");
