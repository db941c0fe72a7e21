// Pictures of the numbers, drawn from data the page carries: lines by day, bars by kind. Point or use the arrow keys to
// read a value, press a name to hide its line, drag or use the buttons to look at fewer days. Without this file the
// server's own picture and the tables say the same.
const NS = "http://www.w3.org/2000/svg";
// As wide as there is room for, so that letters keep their size on a narrow page.
const WIDTH = Math.max(320, document.querySelector("[data-chart]").clientWidth);
const PLOT = 300, LEFT = 52, RIGHT = 14, TOP = 14, DAYS = 30;
// Every kind has its name, slanted, with room for the longest: a bar between two names would be read under the wrong one.
const slant = (names) => ((WIDTH - LEFT - RIGHT) / names.length < 24 ? -70 : -40);
const long = (name) => [...name].reduce((sum, letter) => sum + (letter > "\u2e80" ? 14 : 7.5), 0);
const room = (names) => DAYS + Math.max(...names.map(long)) * Math.sin(-slant(names) * Math.PI / 180);

function draw(parent, name, facts, text) {
  const made = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(facts)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  parent.append(made);
  return made;
}

const percent = (share) => `${(share * 100).toFixed(1)} %`;
const shareOf = ([part, whole]) => (whole ? part / whole : null);

class Chart {
  constructor(figure) {
    this.data = JSON.parse(figure.dataset.chart);
    this.hidden = new Set();
    this.from = 0;
    this.until = this.data.names.length - 1;
    this.at = this.until;
    this.bottom = this.data.bars ? room(this.data.names) : DAYS;
    this.height = PLOT - DAYS + this.bottom;
    const viewBox = `0 0 ${WIDTH} ${this.height}`;
    this.svg = draw(figure, "svg", { viewBox, class: "drawn", tabindex: 0, role: "img", "aria-label": this.data.title });
    figure.querySelector(".still")?.remove();
    this.said = document.createElement("p");
    this.said.className = "said";
    this.said.setAttribute("role", "status");
    this.legend = document.createElement("p");
    this.legend.className = "legend";
    figure.append(this.legend, this.said);
    this.names();
    this.svg.addEventListener("pointermove", (event) => { this.at = this.nearest(event); this.paint(); });
    this.svg.addEventListener("pointerdown", (event) => { this.began = this.nearest(event); });
    this.svg.addEventListener("pointerup", (event) => this.zoom(this.began, this.nearest(event)));
    this.svg.addEventListener("keydown", (event) => this.key(event));
    this.paint();
  }

  names() {
    this.data.series.forEach((series, n) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = `line${n}`;
      button.textContent = series.name;
      button.setAttribute("aria-pressed", "true");
      button.addEventListener("click", () => {
        if (this.hidden.has(n)) this.hidden.delete(n); else this.hidden.add(n);
        button.setAttribute("aria-pressed", String(!this.hidden.has(n)));
        this.paint();
      });
      this.legend.append(button);
    });
    this.all = document.createElement("button");
    this.all.type = "button";
    this.all.textContent = this.data.words.all;
    this.all.addEventListener("click", () => this.zoom(0, this.data.names.length - 1));
    this.legend.append(this.all);
  }

  nearest(event) {
    const box = this.svg.getBoundingClientRect();
    const along = ((event.clientX - box.left) / box.width * WIDTH - LEFT) / (WIDTH - LEFT - RIGHT);
    const n = this.from + (this.data.bars ? Math.floor(along * this.count()) : Math.round(along * (this.count() - 1)));
    return Math.min(this.until, Math.max(this.from, n));
  }

  count() { return this.until - this.from + 1; }

  zoom(one, other) {
    if (one === undefined || one === other || this.data.bars) return;
    [this.from, this.until] = [Math.min(one, other), Math.max(one, other)];
    this.at = this.until;
    this.began = undefined;
    this.paint();
  }

  key(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) { this.at = Math.min(this.until, Math.max(this.from, this.at + step)); this.paint(); }
    else if (event.key === "+" && this.count() > 2) this.zoom(this.from + Math.ceil(this.count() / 2), this.until);
    else if (event.key === "-" || event.key === "Escape") this.zoom(0, this.data.names.length - 1);
    else return;
    event.preventDefault();
  }

  x(n) {
    const room = WIDTH - LEFT - RIGHT;
    const single = this.count() === 1 ? 0.5 : (n - this.from) / (this.count() - 1);
    return LEFT + (this.data.bars ? (n - this.from + 0.5) / this.count() : single) * room;
  }

  y(share) { return TOP + (1 - share) * (this.height - TOP - this.bottom); }

  paint() {
    this.svg.replaceChildren();
    for (const share of [0, 0.25, 0.5, 0.75, 1]) {
      draw(this.svg, "line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: this.y(share), y2: this.y(share) });
      const place = { class: "soft", x: LEFT - 8, y: this.y(share) + 4, "text-anchor": "end" };
      draw(this.svg, "text", place, `${share * 100} %`);
    }
    if (this.data.bars) this.kinds(); else this.days();
    this.data.series.forEach((series, n) => {
      if (this.hidden.has(n)) return;
      if (this.data.bars) this.bars(series, n); else this.line(series, n);
    });
    const x = this.x(this.at);
    draw(this.svg, "line", { class: "cursor", x1: x, x2: x, y1: TOP, y2: this.height - this.bottom });
    this.all.hidden = this.count() === this.data.names.length;
    this.said.textContent = this.told();
  }

  days() {
    const every = Math.ceil(this.count() * 105 / WIDTH);
    for (let n = this.from; n <= this.until; n += every) {
      const anchor = n === this.until && this.count() > 1 ? "end" : "middle";
      draw(this.svg, "text", { class: "soft", x: this.x(n), y: this.height - 8, "text-anchor": anchor }, this.data.names[n]);
    }
  }

  kinds() {
    this.data.names.forEach((name, n) => {
      const x = this.x(n), y = this.height - this.bottom + 16;
      const transform = `rotate(${slant(this.data.names)} ${x} ${y})`;
      draw(this.svg, "text", { class: "soft kind", x, y, "text-anchor": "end", transform }, name);
    });
  }

  line(series, n) {
    let path = "", pen = "M";
    for (let day = this.from; day <= this.until; day += 1) {
      const share = shareOf(series.values[day]);
      if (share === null) { pen = "M"; continue; }
      path += `${pen}${this.x(day).toFixed(1)} ${this.y(share).toFixed(1)}`;
      pen = "L";
      draw(this.svg, "circle", { class: `line${n}`, cx: this.x(day), cy: this.y(share), r: day === this.at ? 5 : 3 });
    }
    draw(this.svg, "path", { class: `line${n}`, d: path });
  }

  bars(series, n) {
    const shown = this.data.series.filter((_, other) => !this.hidden.has(other)).length;
    const place = this.data.series.slice(0, n).filter((_, other) => !this.hidden.has(other)).length;
    const wide = (WIDTH - LEFT - RIGHT) / this.count() * 0.8 / shown;
    for (let kind = this.from; kind <= this.until; kind += 1) {
      const share = shareOf(series.values[kind]);
      if (share === null) continue;
      const x = this.x(kind) + (place - shown / 2) * wide, y = this.y(share);
      draw(this.svg, "rect", { class: `line${n}`, x, y, width: wide, height: this.y(0) - y });
    }
  }

  told() {
    const parts = this.data.series.filter((_, n) => !this.hidden.has(n)).map((series) => {
      const [part, whole] = series.values[this.at];
      return `${series.name} ${whole ? percent(part / whole) : "–"} (${part}/${whole})`;
    });
    return `${this.data.names[this.at]} · ${parts.join(" · ")}`;
  }
}

for (const figure of document.querySelectorAll("[data-chart]")) new Chart(figure);
