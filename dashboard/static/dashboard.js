// Every page works without this file. It shows where one is, and follows a running crawl while it runs.
"use strict";

// On a phone the menu is wider than the screen.
document.querySelector(".top nav [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });

const log = document.querySelector("[data-events]");
if (log) {
  const source = new EventSource(log.dataset.events);
  source.addEventListener("counts", (event) => {
    for (const [name, count] of Object.entries(JSON.parse(event.data))) {
      const cell = document.querySelector(`[data-count="${CSS.escape(name)}"]`);
      if (cell) cell.textContent = count.toLocaleString(document.documentElement.lang);
    }
  });
  source.addEventListener("line", (event) => {
    const line = JSON.parse(event.data);
    const item = document.createElement("li");
    item.className = line.level;
    for (const [tag, text] of [["time", line.at], ["b", line.event], ["span", line.message], ["span", line.url]]) {
      if (!text) continue;
      const part = document.createElement(tag);
      part.textContent = text;
      item.append(part, " ");
    }
    log.append(item);
    while (log.children.length > 500) log.firstElementChild.remove();
    if (log.scrollHeight - log.scrollTop - log.clientHeight < 200) log.scrollTop = log.scrollHeight;
  });
  source.addEventListener("end", () => { source.close(); location.reload(); });
}
