// News from the server: a page's one stream, open while the page is seen, and how its parts are exchanged.
// The server says something at least once a second.
const SILENT_MS = 6000, SOON_MS = 2000, SPREAD_MS = 3000;
const lost = document.querySelector("#lost");

export function follow(url, take, signedOut) {
  let source = null, again = 0;
  const close = () => { clearTimeout(again); source?.close(); source = null; };
  const openIn = (ms) => { clearTimeout(again); again = setTimeout(open, ms + Math.random() * SPREAD_MS); };
  // No error tells of a connection whose other end is gone, nor of a stream that waits for a free connection.
  const watch = () => {
    clearTimeout(again);
    again = setTimeout(() => { lost.hidden = false; openIn(0); }, SILENT_MS);
  };
  const open = () => {
    close();
    // A browser has few connections for one host: tabs that nobody sees leave them to the others.
    if (document.hidden) return;
    watch();
    source = new EventSource(url);
    source.addEventListener("news", (event) => { watch(); lost.hidden = true; take(JSON.parse(event.data)); });
    source.addEventListener("away", () => { watch(); lost.hidden = false; });
    source.addEventListener("signed-out", () => { close(); signedOut(); });
    source.addEventListener("error", () => {
      lost.hidden = false;
      // After an answer that is no stream the browser never tries again by itself.
      if (source?.readyState === EventSource.CLOSED) openIn(SOON_MS);
    });
  };
  document.addEventListener("visibilitychange", () => { if (document.hidden) close(); else open(); });
  // The page that is asked for gets this one's connection. A download leaves the page as it is.
  addEventListener("beforeunload", () => { close(); openIn(SOON_MS); });
  open();
}

// Where somebody stands with the keyboard nothing is exchanged before they have left; of what waits only the newest.
const waiting = new Map();

export function exchange(part, how) {
  if (part.contains(document.activeElement)) { waiting.set(part, how); return; }
  waiting.delete(part);
  how(part);
}

document.addEventListener("focusout", () => setTimeout(() => { for (const [part, how] of waiting) exchange(part, how); }));
