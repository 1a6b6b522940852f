"use strict";
// Pan, zoom and search. Texts are only read here, never made into markup.
const svg = document.querySelector("svg");
const view = document.getElementById("view");
const input = document.getElementById("search");
const count = document.getElementById("count");
const problems = document.getElementById("problems");
const nodes = [...document.querySelectorAll(".node")];
const texts = nodes.map((node) => node.querySelector("title").textContent.toLowerCase());
const size = { width: Number(view.dataset.width), height: Number(view.dataset.height) };
let place = { x: 0, y: 0, scale: 1 };
let hits = [];
let current = -1;
let moved = false;

function show() {
  view.setAttribute("transform", `translate(${place.x} ${place.y}) scale(${place.scale})`);
}

function fit() {
  const { width, height } = svg.getBoundingClientRect();
  place.scale = Math.min(width / size.width, height / size.height, 1.5);
  place.x = (width - size.width * place.scale) / 2;
  place.y = (height - size.height * place.scale) / 2;
  show();
}

function zoom(factor, x, y) {
  const scale = Math.min(Math.max(place.scale * factor, 0.02), 8);
  place.x = x - (x - place.x) * (scale / place.scale);
  place.y = y - (y - place.y) * (scale / place.scale);
  place.scale = scale;
  moved = true;
  show();
}

function zoomMiddle(factor) {
  const { width, height } = svg.getBoundingClientRect();
  zoom(factor, width / 2, height / 2);
}

function goTo(node) {
  nodes.forEach((other) => other.classList.toggle("current", other === node));
  const box = node.getBBox();
  const { e, f } = node.transform.baseVal.consolidate().matrix;
  const { width, height } = svg.getBoundingClientRect();
  place.scale = Math.max(place.scale, 0.8);
  moved = true;
  place.x = width / 2 - (e + box.x + box.width / 2) * place.scale;
  place.y = height / 2 - (f + box.y + box.height / 2) * place.scale;
  show();
}

function search() {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  hits = words.length ? nodes.filter((_, at) => words.every((word) => texts[at].includes(word))) : [];
  current = -1;
  svg.classList.toggle("searching", words.length > 0);
  nodes.forEach((node) => {
    node.classList.toggle("hit", hits.includes(node));
    node.classList.remove("current");
  });
  count.textContent = words.length ? `${hits.length} of ${nodes.length}` : "";
}

function next(step) {
  if (!hits.length) return;
  current = (current + step + hits.length) % hits.length;
  count.textContent = `${current + 1} of ${hits.length}`;
  goTo(hits[current]);
}

input.addEventListener("input", search);
input.addEventListener("keydown", (event) => {
  if (event.key === "Enter") next(event.shiftKey ? -1 : 1);
  if (event.key === "Escape") { input.value = ""; search(); input.blur(); }
});
document.addEventListener("keydown", (event) => {
  if (event.target === input || event.ctrlKey || event.metaKey) return;
  if (event.key === "/") { event.preventDefault(); input.focus(); }
  if (event.key === "f") fit();
  if (event.key === "+") zoomMiddle(1.25);
  if (event.key === "-") zoomMiddle(0.8);
});
document.getElementById("fit").addEventListener("click", fit);
document.getElementById("in").addEventListener("click", () => zoomMiddle(1.25));
document.getElementById("out").addEventListener("click", () => zoomMiddle(0.8));

const wrong = nodes.filter((node) => node.classList.contains("wrong"));
let wrongAt = -1;
problems.hidden = !wrong.length;
problems.textContent = `${wrong.length} with errors`;
problems.addEventListener("click", () => {
  wrongAt = (wrongAt + 1) % wrong.length;
  goTo(wrong[wrongAt]);
});

svg.addEventListener("wheel", (event) => {
  event.preventDefault();
  zoom(Math.exp(-event.deltaY * 0.0015), event.clientX, event.clientY);
}, { passive: false });
svg.addEventListener("pointerdown", (event) => {
  svg.setPointerCapture(event.pointerId);
  svg.classList.add("moving");
});
svg.addEventListener("pointermove", (event) => {
  if (!svg.hasPointerCapture(event.pointerId)) return;
  moved = true;
  place.x += event.movementX;
  place.y += event.movementY;
  show();
});
svg.addEventListener("pointerup", () => svg.classList.remove("moving"));
addEventListener("resize", () => { if (!moved) fit(); });
// A link to a word in the address: picture.html#sampler
if (location.hash.length > 1) {
  input.value = decodeURIComponent(location.hash.slice(1));
  search();
}
fit();
if (hits.length) next(1);
