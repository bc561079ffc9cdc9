/* Svelte copies all that a component holds whenever anything is told of it, one structuredClone a string: where a thousand
   names are to choose from, half a second a run. What is no object is its own copy. */
(() => {
  const copied = window.structuredClone;
  window.structuredClone = (value, ...how) =>
    Object(value) === value || typeof value === "symbol" ? copied(value, ...how) : value;
})();

/* What stays in this browser: the last ten runs of the visit, to be seen again as they were, and links to copy. */
(() => {
  const MOST = 10, runs = [];
  const root = document.documentElement, find = (id) => document.getElementById(id);
  let known = null;

  function tell() {
    const strip = find("q-visit");
    if (!strip) return;
    strip.hidden = runs.length < 2;
    strip.querySelector("ol").replaceChildren(...runs.map((run, place) => {
      const item = document.createElement("li"), button = document.createElement("button"), image = new Image();
      image.src = run.picture; image.alt = "";
      button.type = "button"; button.dataset.run = place;
      button.setAttribute("aria-pressed", run === shown());
      button.append(image, `${run.time} · ${run.words}`);
      item.append(button);
      return item;
    }).reverse());
  }

  const shown = () => (root.classList.contains("q-earlier") ? runs[find("q-earlier").dataset.run] : runs.at(-1));

  /* A finished run has frames; a story that is shown again is no new run. */
  function keep(frames) {
    const verdict = document.querySelector("#q-verdict .q-verdict"), stage = frames.parentElement;
    if (!verdict || !document.contains(frames)) return;
    const run = {
      verdict: verdict.outerHTML, stage: stage.innerHTML, words: verdict.querySelector("h2").textContent,
      picture: stage.querySelector(".q-over").src, time: new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }),
    };
    const again = runs.findIndex((one) => one.picture === run.picture && one.verdict === run.verdict);
    if (again >= 0) runs.splice(again, 1);
    runs.push(run);
    if (runs.length > MOST) runs.shift();
    tell();
  }

  function show(place) {
    const run = runs[place], room = find("q-earlier"), latest = run === runs.at(-1);
    root.classList.toggle("q-earlier", !latest);
    room.dataset.run = place;
    room.innerHTML = latest ? "" : `<p class="q-soft">An earlier run of this visit. <button type="button" class="q-return">Back to the last one</button></p>${run.verdict}${run.stage}`;
    tell();
    (latest ? document.querySelector("#q-verdict .q-verdict") : room.querySelector(".q-verdict"))?.focus();
  }

  function leave() { if (root.classList.contains("q-earlier")) show(runs.length - 1); }

  new MutationObserver((changes) => {
    const stage = find("q-stage"), frames = stage?.querySelector(".q-frames");
    if (changes.some((change) => change.target.closest?.("#q-verdict"))) leave();
    if (!frames || frames === known) return;
    known = frames;
    setTimeout(keep, 150, frames);  // the verdict is written by the same update, a moment later
  }).observe(root, { childList: true, subtree: true });

  async function copy(button) {
    const link = new URL(location.pathname, location);
    const address = `${link}?${button.dataset.query}`;
    const said = button.parentElement.querySelector("output");
    try {
      await navigator.clipboard.writeText(address);
      said.textContent = "Copied: it brings back every setting, but not the picture.";
    } catch {  // a page without https may not: then the link is there to be copied by hand
      said.innerHTML = "<input readonly aria-label='Link to these settings'>";
      said.firstChild.value = address;
      said.firstChild.select();
    }
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-run], .q-return, .q-link");
    if (!button) return;
    if (button.matches(".q-link")) copy(button);
    else if (button.matches(".q-return")) leave();
    else show(+button.dataset.run);
  });
})();
