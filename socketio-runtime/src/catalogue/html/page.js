
"use strict";

// What a match is worth, by where it is; in a name, by how much of a word it is.
const WEIGHTS = {
  name: 100,
  beginning: 70,
  word: 60,
  wordBeginning: 55,
  inside: 40,
  arguments: 20,
  types: 15,
  docs: 5,
};

/** Text as it is compared: without regard to case, accents' encoding and width. */
function folded(text) {
  return text.normalize("NFKC").toLowerCase();
}

/** How well a word fits a name. */
function nameScore(name, word) {
  const at = name.indexOf(word);
  if (at < 0) return 0;
  if (name.length === word.length) return WEIGHTS.name;
  if (at === 0) return WEIGHTS.beginning;
  const isInWord = (character) => /[\p{L}\p{N}]/u.test(character ?? "");
  if (isInWord(name[at - 1])) return WEIGHTS.inside;
  return isInWord(name[at + word.length]) ? WEIGHTS.wordBeginning : WEIGHTS.word;
}

/** The best place in which a word is found; null if in none. */
function place(entry, word) {
  const name = nameScore(folded(entry.name), word);
  if (name > 0) return { score: name, where: "" };
  for (const field of ["arguments", "types"]) {
    const found = entry[field].find((text) => folded(text).includes(word));
    if (found !== undefined) return { score: WEIGHTS[field], where: found };
  }
  return folded(entry.docs).includes(word) ? { score: WEIGHTS.docs, where: "" } : null;
}

/**
 * The entries that contain every word of the query, best first, each with the argument or the type
 * that was found.
 */
function search(entries, query) {
  const words = folded(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const results = [];
  for (const entry of entries) {
    const places = words.map((word) => place(entry, word));
    if (places.includes(null)) continue;
    const score = places.reduce((sum, found) => sum + found.score, 0);
    const where = [...new Set(places.map((found) => found.where).filter(Boolean))].join(", ");
    results.push({ entry, score, where });
  }
  return results.sort((a, b) => b.score - a.score);
}

/** What of an article is searched. */
function entryOf(article) {
  const texts = (selector) => [...article.querySelectorAll(selector)].map((e) => e.textContent);
  const namespace = article.closest(".namespace")?.querySelector("h2 code")?.textContent;
  const badge = article.querySelector(".badge")?.textContent;
  return {
    id: article.id,
    name: article.querySelector("header a").textContent,
    about: [badge ?? "type", namespace].filter(Boolean).join(" in "),
    arguments: texts("tbody th code"),
    types: [...new Set(texts("a[href^='#type:']"))],
    docs: [...texts(".docs"), ...texts("td:last-child"), ...texts(".deprecated")].join(" "),
  };
}

function startSearch() {
  const box = document.querySelector(".search");
  const input = document.getElementById("query");
  const found = document.getElementById("found");
  const list = document.getElementById("results");
  const entries = [...document.querySelectorAll("article")].map(entryOf);
  box.hidden = false;

  const show = () => {
    const results = search(entries, input.value);
    const isSearching = input.value.trim() !== "";
    box.classList.toggle("searching", isSearching);
    found.textContent = !isSearching
      ? ""
      : results.length === 0
        ? "Nothing found"
        : results.length === 1
          ? "1 result"
          : `${results.length} results`;
    list.replaceChildren(...results.map(item));
  };

  const clear = () => {
    input.value = "";
    show();
    input.focus();
  };

  input.addEventListener("input", show);
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.matches("input, textarea");
    if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      input.focus();
      input.select();
    }
  });
  box.addEventListener("keydown", (event) => {
    const links = [...list.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    if (event.key === "Escape") {
      clear();
    } else if (event.key === "Enter" && event.target === input) {
      links[0]?.click();
    } else if (event.key === "ArrowDown") {
      links[Math.min(at + 1, links.length - 1)]?.focus();
    } else if (event.key === "ArrowUp") {
      (at > 0 ? links[at - 1] : input).focus();
    } else {
      return;
    }
    event.preventDefault();
  });
}

/** A result in the list. */
function item({ entry, where }) {
  const link = document.createElement("a");
  link.href = `#${entry.id}`;
  const name = document.createElement("code");
  name.textContent = entry.name;
  const about = document.createElement("small");
  about.textContent = where ? `${entry.about} · ${where}` : entry.about;
  link.append(name, about);
  const item = document.createElement("li");
  item.append(link);
  return item;
}

/** A button on each block of code. */
function addCopyButtons() {
  for (const block of document.querySelectorAll(".code")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    const what = block.querySelector("figcaption, summary").textContent;
    button.setAttribute("aria-label", `Copy ${what}`);
    button.addEventListener("click", async () => {
      const code = block.querySelector("pre");
      try {
        await navigator.clipboard.writeText(code.textContent);
        button.textContent = "Copied";
      } catch {
        // Not allowed to: the reader can, once it is selected.
        getSelection().selectAllChildren(code);
        button.textContent = "Selected";
      }
      setTimeout(() => (button.textContent = "Copy"), 1500);
    });
    block.append(button);
  }
}

/** Marks in the contents what is being read. */
function followReading() {
  const links = new Map();
  for (const link of document.querySelectorAll(".contents a")) {
    links.set(decodeURIComponent(link.hash.slice(1)), link);
  }
  const visible = new Set();
  let current;
  const observer = new IntersectionObserver((changes) => {
    for (const { target, isIntersecting } of changes) {
      if (isIntersecting) visible.add(target);
      else visible.delete(target);
    }
    const first = [...visible].sort((a, b) => a.offsetTop - b.offsetTop)[0];
    const link = first && links.get(first.id);
    if (!link || link === current) return;
    current?.removeAttribute("aria-current");
    link.setAttribute("aria-current", "location");
    current = link;
    const contents = document.querySelector(".contents");
    const [box, own] = [contents.getBoundingClientRect(), link.getBoundingClientRect()];
    if (own.top < box.top || own.bottom > box.bottom) {
      contents.scrollTop += own.top - box.top - box.height / 3;
    }
  });
  for (const article of document.querySelectorAll("article")) observer.observe(article);
}

/** The contents are closed where they would push the page away, and what is folded is printed. */
function adapt() {
  const contents = document.querySelector(".contents");
  const narrow = matchMedia("(max-width: 56rem)");
  const fit = () => (contents.open = !narrow.matches);
  narrow.addEventListener("change", fit);
  fit();
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("article details:not([open])")];
    for (const details of opened) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
  });
}

if (typeof document === "undefined") {
  module.exports = { search };
} else {
  startSearch();
  addCopyButtons();
  followReading();
  adapt();
}
