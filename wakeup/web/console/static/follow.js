// News from the server: a page's one stream, open while the page is seen, and how its parts are exchanged.
import { sayEnded } from "./ended.js";

// The server says something at least once a second.
const SILENT_MS = 6000, SOON_MS = 2000, SPREAD_MS = 3000;
const lost = document.querySelector("#lost");

export function follow(url, take, signedOut) {
  let source = null, again = 0, over = false;
  const close = () => { clearTimeout(again); source?.close(); source = null; };
  const openIn = (ms) => { clearTimeout(again); again = setTimeout(open, ms + Math.random() * SPREAD_MS); };
  // The browser reports no error when the other end has gone silent, or while the stream waits for a free connection.
  const watch = () => {
    clearTimeout(again);
    again = setTimeout(() => { lost.hidden = false; openIn(0); }, SILENT_MS);
  };
  // What the page shows belongs to its own session: it never follows the next one.
  const end = () => { if (!over) { over = true; close(); signedOut(); sayEnded(); } };
  const open = () => {
    close();
    // A browser has few connections for one host: hidden tabs leave them to the others.
    if (over || document.hidden) return;
    watch();
    source = new EventSource(url);
    source.addEventListener("news", (event) => { watch(); lost.hidden = true; take(JSON.parse(event.data)); });
    source.addEventListener("away", () => { watch(); lost.hidden = false; });
    source.addEventListener("signed-out", end);
    source.addEventListener("error", () => {
      lost.hidden = false;
      // The browser does not reconnect by itself after a response that was not a stream.
      if (source?.readyState === EventSource.CLOSED) openIn(SOON_MS);
    });
  };
  addEventListener("signed-out", end);
  document.addEventListener("visibilitychange", () => { if (document.hidden) close(); else open(); });
  // Frees the connection for the page that is being loaded. A download leaves the page as it is.
  addEventListener("beforeunload", () => { close(); openIn(SOON_MS); });
  open();
}

// A part that has the keyboard focus is replaced only after the focus has left it, and then by the newest version.
const waiting = new Map();

export function exchange(part, how) {
  if (part.contains(document.activeElement)) { waiting.set(part, how); return; }
  waiting.delete(part);
  how(part);
}

document.addEventListener("focusout", () => setTimeout(() => {
  for (const [part, how] of waiting) exchange(part, how);
}));
