// A page that follows what it shows. When the server has another mark than the page, the page is
// fetched, and only what differs is changed: focus, scrolling, what is open and what was filled in stay.
"use strict";
const state = () => document.querySelector("[data-events]");
let events, told, isBusy = false;

function become(old, now) {
  if (old.isEqualNode(now)) return;
  if (old.nodeName !== now.nodeName || !now.attributes) return old.replaceWith(now);
  for (const { name } of [...old.attributes]) {
    if (name !== "open" && !now.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of now.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  const parts = [...now.childNodes];
  [...old.childNodes].forEach((part, at) => (at < parts.length ? become(part, parts[at]) : part.remove()));
  old.append(...parts.slice(old.childNodes.length));
}

async function fetchAnew() {
  const answer = await fetch(location.href);
  if (answer.redirected) return location.reload(); // to sign in again
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (page.title !== document.title) return location.reload(); // another page, with a style of its own
  become(document.body, page.body);
}

async function follow(event) {
  told = JSON.parse(event.data);
  if (isBusy) return; // what is told meanwhile is done after it
  isBusy = true;
  try {
    for (let done; state() && done !== told; ) {
      done = told;
      if (done.mark !== state().dataset.mark) await fetchAnew();
      if (state()) state().textContent = done.says;
      else events.close();
    }
  } finally {
    isBusy = false;
  }
}

function listen() {
  events?.close();
  if (document.hidden || !state()) return; // who comes back is told at once what they missed
  events = new EventSource(state().dataset.events);
  events.onmessage = follow;
  events.onerror = () => {
    if (events.readyState === EventSource.CLOSED) state().textContent = "What is new is not told any more. Load this page again.";
  };
}

document.addEventListener("visibilitychange", listen);
listen();
