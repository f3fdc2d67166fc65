// What the page does beyond links and forms: dropping, live parts, selecting, sizes, keys. Without it everything else works.
"use strict";
const root = document.documentElement;
root.classList.add("js");
const one = (id) => document.getElementById(id);

// Times in the reader's time zone.
function localTimes(within) {
  for (const time of within.querySelectorAll("time:not([data-local])")) {
    const date = new Date(time.dateTime);
    if (isNaN(date)) continue;
    time.dataset.local = "";
    time.title = time.textContent;
    time.textContent = date.toLocaleString(root.lang, { dateStyle: "medium", timeStyle: "short" });
  }
}

// A file that is dropped anywhere on the page, or chosen, is checked at once.
function dropping(form) {
  const file = one("file");
  const zone = form.parentElement;
  const hasFile = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
  file.addEventListener("change", () => { if (file.files.length) form.requestSubmit(); });
  document.addEventListener("dragover", (event) => {
    if (!hasFile(event)) return;
    event.preventDefault();
    zone.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) zone.classList.remove("over"); });
  document.addEventListener("drop", (event) => {
    if (!hasFile(event)) return;
    event.preventDefault();
    zone.classList.remove("over");
    if (!event.dataTransfer.files.length) return;
    file.files = event.dataTransfer.files;
    form.requestSubmit();
  });
}

// Replaces the content of a part only if it differs, and keeps what was opened.
const shown = new Map();
function replace(id, html) {
  const part = one(id);
  if (!part || shown.get(id) === html) return;
  shown.set(id, html);
  const open = [...part.querySelectorAll("details")].map((details) => details.open);
  const focused = part.contains(document.activeElement) ? [...part.querySelectorAll("a, button, summary, [tabindex]")].indexOf(document.activeElement) : -1;
  part.innerHTML = html;
  part.querySelectorAll("details").forEach((details, nth) => { if (open[nth] !== undefined) details.open = open[nth]; });
  if (focused >= 0) part.querySelectorAll("a, button, summary, [tabindex]")[focused]?.focus();
  localTimes(part);
}

function replaceFrame(id, html) {
  const frame = one(id);
  if (!frame) return;
  const box = frame.querySelector("input");
  const isFocused = box && box === document.activeElement;
  const template = document.createElement("template");
  template.innerHTML = html;
  const fresh = template.content.firstElementChild;
  const freshBox = fresh.querySelector("input");
  if (box && freshBox) freshBox.checked = box.checked;
  frame.replaceWith(fresh);
  if (isFocused && freshBox) freshBox.focus();
  freshBox?.dispatchEvent(new Event("change", { bubbles: true }));
}

// Live parts, while the page is in view: a browser keeps only six connections to one server.
function follow(part) {
  const url = new URL(part.dataset.events, location);
  const numbers = [...document.querySelectorAll(".frame")].map((frame) => Number(frame.id.slice(1)));
  if (numbers.length) {
    url.searchParams.set("from", Math.min(...numbers));
    url.searchParams.set("to", Math.max(...numbers));
  }
  let events = null;
  function open() {
    if (events || document.hidden) return;
    events = new EventSource(url);
    events.onmessage = (event) => {
      const update = JSON.parse(event.data);
      for (const [id, html] of Object.entries(update.html)) replace(id, html);
      for (const [id, html] of Object.entries(update.frames || {})) replaceFrame(id, html);
      if (event.lastEventId) url.searchParams.set("since", event.lastEventId);
    };
  }
  function close() {
    if (events) events.close();
    events = null;
  }
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  addEventListener("pagehide", close);
  addEventListener("pageshow", open);
  open();
}

// Selecting: one by one, a stretch with Shift, or the whole page.
function selecting(form) {
  const boxes = () => [...form.querySelectorAll("input[name=i]")];
  const all = one("select-all");
  const bar = form.querySelector(".selection");
  let last = null;
  function count() {
    const chosen = boxes().filter((box) => box.checked).length;
    const output = one("selected");
    output.textContent = chosen ? output.dataset.text.replace("{0}", chosen) : "";
    bar.classList.toggle("any", chosen > 0);
    all.checked = chosen > 0 && chosen === boxes().length;
    // A second step needs pictures that exist.
    const existing = boxes().filter((box) => box.checked && box.closest(".frame").querySelector(".picture img")).length;
    for (const button of bar.querySelectorAll("[data-least]")) button.disabled = existing < Number(button.dataset.least);
  }
  all.parentElement.hidden = false;
  all.addEventListener("change", () => { for (const box of boxes()) box.checked = all.checked; count(); });
  form.addEventListener("click", (event) => {
    const box = event.target.closest("input[name=i]");
    if (!box) return;
    const every = boxes();
    const at = every.findIndex((other) => other.value === box.value);
    const from = every.findIndex((other) => other.value === last);
    if (event.shiftKey && from >= 0) {
      for (let nth = Math.min(at, from); nth <= Math.max(at, from); nth++) every[nth].checked = box.checked;
    }
    last = box.value;
    count();
  });
  form.addEventListener("change", count);
  form.addEventListener("submit", (event) => { if (!boxes().some((box) => box.checked)) event.preventDefault(); });
  addEventListener("pageshow", count);
  count();
}

// How large the frames are, remembered on this machine.
function sizing(slider) {
  const remembered = Number(localStorage.getItem("gallery-size"));
  if (remembered) slider.value = remembered;
  else if (innerWidth <= 480) slider.value = 140;
  const apply = () => root.style.setProperty("--size", `${slider.value}px`);
  slider.parentElement.hidden = false;
  slider.addEventListener("input", () => { apply(); localStorage.setItem("gallery-size", slider.value); });
  apply();
}

// Arrow keys for the neighbours, Escape for the way back.
function keys() {
  const targets = { ArrowLeft: "previous", ArrowRight: "next", Escape: "back" };
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("input, textarea, select")) return;
    const link = targets[event.key] && one(targets[event.key]);
    if (link) link.click();
  });
  for (const hint of document.querySelectorAll(".keys")) hint.hidden = false;
}

// How large the picture is, which only the picture itself tells.
function measure(picture) {
  const show = () => {
    if (!picture.naturalWidth) return;
    one("pixels").textContent = `${picture.naturalWidth} × ${picture.naturalHeight}`;
    one("pixels").parentElement.hidden = false;
  };
  picture.addEventListener("load", show);
  show();
}

localTimes(document);
if (one("drop")) dropping(one("drop"));
if (one("selection")) selecting(one("selection"));
if (one("size")) sizing(one("size"));
if (one("back")) keys();
if (one("picture")) measure(one("picture"));
for (const part of document.querySelectorAll("[data-events]")) follow(part);
