// A hand-in that has no verdict yet: show how it changes, and load the page anew when it has one.
"use strict";
const state = document.getElementById("state");
const events = new EventSource(state.dataset.events);
events.onmessage = (event) => {
  const now = JSON.parse(event.data);
  if (now.state === "done" || now.state === "failed") {
    events.close();
    location.reload();
  } else {
    state.textContent = now.says;
  }
};
