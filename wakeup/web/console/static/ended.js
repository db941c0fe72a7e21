// The session of this page is over. It stays as it is, because something may be typed on it, and it says so: the
// connection is not what is missing.
const lost = document.querySelector("#lost");
const ended = document.querySelector("#ended");

export function sayEnded() {
  ended.previousElementSibling.hidden = true;
  ended.hidden = false;
  lost.hidden = false;
}
