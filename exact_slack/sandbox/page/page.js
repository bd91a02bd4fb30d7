"use strict";
// Follows the workspace: asks once a second what changed and replaces only the panes that did.
const panes = { channels: "channels", title: "title", messages: "messages", thread: "thread" };
const shown = {};
let version = document.body.dataset.version;

function atBottom(pane) {
  return pane.scrollHeight - pane.scrollTop - pane.clientHeight < 80;
}

function toBottom(pane) {
  pane.scrollTop = pane.scrollHeight;
}

function draw(state, jump) {
  version = String(state.version);
  for (const [key, id] of Object.entries(panes)) {
    if (shown[key] === state[key]) continue;
    const pane = document.getElementById(id);
    const follow = jump || atBottom(pane);
    const place = pane.scrollTop;
    pane.innerHTML = state[key];
    shown[key] = state[key];
    if (key === "messages" || key === "thread") {
      if (follow) toBottom(pane);
      else pane.scrollTop = place;
    }
  }
  document.getElementById("app").classList.toggle("open", state.thread !== "");
  document.getElementById("close").href = "/?channel=" + encodeURIComponent(state.channel);
  const name = document.querySelector("#title h1").textContent.trim();
  document.title = name.replace(/^#\s*/, "") + " · " + document.querySelector(".workspace b").textContent;
}

async function refresh(since, jump) {
  const query = new URLSearchParams(location.search);
  query.set("since", since);
  const answer = await fetch("/sandbox/state?" + query);
  const state = await answer.json();
  if (state.changed) draw(state, jump);
}

async function follow() {
  try {
    await refresh(version, false);
    document.body.classList.remove("offline");
  } catch {
    document.body.classList.add("offline");
  }
  setTimeout(follow, 1000);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-nav]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  const channel = new URLSearchParams(location.search).get("channel");
  history.pushState(null, "", link.href);
  const jump = new URLSearchParams(location.search).get("channel") !== channel;
  refresh("", jump).catch(() => location.reload());
});

addEventListener("popstate", () => refresh("", true).catch(() => location.reload()));

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.getElementById("app").classList.contains("open")) {
    document.getElementById("close").click();
  }
});

toBottom(document.getElementById("messages"));
toBottom(document.getElementById("thread"));
follow();
