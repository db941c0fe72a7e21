"use strict";
(function () {
  const picture = document.getElementById("picture");
  const whole = picture.viewBox.baseVal;
  const full = { x: whole.x, y: whole.y, width: whole.width, height: whole.height };
  let view = { ...full };
  let held = null;
  let dragged = false;

  function show() {
    picture.setAttribute("viewBox", [view.x, view.y, view.width, view.height].join(" "));
  }

  // How many units of the drawing one pixel of the screen is.
  function scale() {
    const box = picture.getBoundingClientRect();
    return Math.max(view.width / box.width, view.height / box.height);
  }

  function at(event) {
    const box = picture.getBoundingClientRect();
    const unit = scale();
    return {
      x: view.x + view.width / 2 + (event.clientX - box.left - box.width / 2) * unit,
      y: view.y + view.height / 2 + (event.clientY - box.top - box.height / 2) * unit,
    };
  }

  function zoom(factor, point) {
    const width = Math.min(full.width * 3, Math.max(200, view.width * factor));
    const real = width / view.width;
    view = {
      x: point.x - (point.x - view.x) * real,
      y: point.y - (point.y - view.y) * real,
      width: width,
      height: view.height * real,
    };
    show();
  }

  function middle() {
    return { x: view.x + view.width / 2, y: view.y + view.height / 2 };
  }

  // The width fills the window, the top is shown: a long way is read from its beginning.
  function fit() {
    const box = picture.getBoundingClientRect();
    const height = full.width * box.height / Math.max(box.width, 1);
    view = { x: full.x, y: full.y, width: full.width, height: Math.min(full.height, height) };
    show();
  }

  function all() {
    view = { ...full };
    show();
  }

  function choose(name, move) {
    picture.classList.add("picked");
    for (const one of document.querySelectorAll(".chosen")) one.classList.remove("chosen");
    for (const one of picture.querySelectorAll(".edge, .label"))
      one.classList.toggle("near", one.dataset.from === name || one.dataset.to === name);
    for (const one of document.querySelectorAll("[data-node], [data-sheet]")) {
      if (one.dataset.node !== name) if (one.dataset.sheet !== name) continue;
      one.classList.add("chosen");
      if (one.dataset.node === name) if (move) bring(one);
    }
    document.querySelector(".hint").hidden = true;
    document.getElementById("sheets").scrollTop = 0;
  }

  function bring(node) {
    const box = node.querySelector(".box").getBoundingClientRect();
    const frame = picture.getBoundingClientRect();
    const inside = Math.min(box.left - frame.left, frame.right - box.right, box.top - frame.top, frame.bottom - box.bottom);
    if (inside > 0) return;
    const place = at({ clientX: box.left + box.width / 2, clientY: box.top + box.height / 2 });
    view = { ...view, x: place.x - view.width / 2, y: place.y - view.height / 2 };
    show();
  }

  picture.addEventListener("wheel", function (event) {
    event.preventDefault();
    zoom(event.deltaY > 0 ? 1.15 : 1 / 1.15, at(event));
  }, { passive: false });
  picture.addEventListener("pointerdown", function (event) {
    held = { x: event.clientX, y: event.clientY };
    dragged = false;
  });
  picture.addEventListener("pointermove", function (event) {
    if (held === null) return;
    const unit = scale();
    const x = event.clientX - held.x;
    const y = event.clientY - held.y;
    if (!dragged) if (3 > Math.abs(x) + Math.abs(y)) return;
    if (!dragged) picture.setPointerCapture(event.pointerId);
    dragged = true;
    picture.classList.add("held");
    view = { ...view, x: view.x - x * unit, y: view.y - y * unit };
    held = { x: event.clientX, y: event.clientY };
    show();
  });
  for (const over of ["pointerup", "pointercancel"])
    picture.addEventListener(over, function () {
      held = null;
      picture.classList.remove("held");
    });

  document.addEventListener("click", function (event) {
    if (dragged) if (picture.contains(event.target)) {
      dragged = false;
      event.preventDefault();
      return;
    }
    const link = event.target.closest("[data-to]");
    if (link !== null) if (link.matches("a")) {
      event.preventDefault();
      choose(link.dataset.to, true);
      return;
    }
    const node = event.target.closest("[data-node]");
    if (node !== null) choose(node.dataset.node, false);
  });
  picture.addEventListener("keydown", function (event) {
    const node = event.target.closest("[data-node]");
    if (node === null) return;
    if (event.key === "Enter") choose(node.dataset.node, false);
  });
  document.getElementById("nearer").addEventListener("click", function () { zoom(1 / 1.3, middle()); });
  document.getElementById("farther").addEventListener("click", function () { zoom(1.3, middle()); });
  document.getElementById("all").addEventListener("click", all);
  window.addEventListener("beforeprint", all);
  fit();
  if (location.hash.startsWith("#sheet-")) choose(decodeURIComponent(location.hash.slice(7)), true);
})();
