/* The stage in the browser: comparing, replaying, looking at what was added. One listener a kind of event, on the
   document, since the page writes the stage anew. Nothing here knows an attack or a network. */
(() => {
  /* An earlier run of the visit has its verdict and its stage in one room. */
  const earlier = () => document.querySelector(".q-earlier #q-earlier");
  const stage = () => earlier() ?? document.getElementById("q-stage");
  const one = (selector) => stage()?.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const counters = () => all(".q-counter", earlier() ?? document.getElementById("q-verdict"));
  let timer = null;

  function part(value) {
    const over = one(".q-over");
    if (over) over.style.clipPath = `inset(0 0 0 ${value}%)`;
    one(".q-compare")?.style.setProperty("--q-part", `${value}%`);
  }

  function look(times) {
    all(".q-added", stage()).forEach((image) => (image.hidden = image.dataset.look !== times));
    all(".q-look", stage()).forEach((button) => button.setAttribute("aria-pressed", button.dataset.look === times));
  }

  /* What the finished run shows, kept so that replay can come back to it. */
  function finished(root) {
    if (root.kept) return root.kept;
    root.kept = {
      picture: root.querySelector(".q-over").src,
      counts: counters().map((counter) => [counter.querySelector(".q-number").textContent, counter.className]),
      tiles: new Map(all(".q-tile", root).map((tile) => [tile, [tile.className, ...["b", ".q-mark"].map((s) => tile.querySelector(s).textContent), tile.querySelector(".q-meter span").style.width]])),
      frames: JSON.parse(root.querySelector(".q-frames").textContent),
    };
    return root.kept;
  }

  function show(step) {
    const root = stage();
    if (!root || !root.querySelector(".q-frames")) return;
    if (root.keptFor !== root.querySelector(".q-frames")) { root.kept = null; root.keptFor = root.querySelector(".q-frames"); }
    const kept = finished(root), { frames, steps } = kept.frames, last = step >= steps;
    root.querySelector(".q-iteration").value = step;
    root.querySelector("output").textContent = `iteration ${step} of ${steps}`;
    root.querySelector(".q-caption").textContent = last ? "original ⟷ adversarial" : "original ⟷ preview of the way there";
    all(".q-now", root).forEach((line) => {
      const { left, right, end } = line.dataset, x = +left + (right - left) * Math.min(step / end, 1);
      line.setAttribute("x1", x); line.setAttribute("x2", x);
    });
    let near = Math.min(step, frames.length - 1);
    while (near > 0 && !frames[near].picture) near -= 1;
    root.querySelector(".q-over").src = last || near < 0 ? kept.picture : frames[near].picture;
    counters().forEach((counter, place) => {
      const number = counter.querySelector(".q-number");
      if (last) { [number.textContent, counter.className] = kept.counts[place]; return; }
      const [fell, total] = frames[step].counts[place];
      number.textContent = fell;
      counter.className = `q-counter ${!fell ? "q-none" : fell * 2 > total ? "q-most" : "q-some"}`;
    });
    kept.tiles.forEach(([kind, said, mark, width], tile) => {
      const answer = last ? null : frames[step].answers[tile.dataset.name];
      const open = tile.open;
      if (last) { tile.className = kind; tile.querySelector("b").textContent = said; tile.querySelector(".q-mark").textContent = mark; tile.querySelector(".q-meter span").style.width = width; }
      else if (answer) {
        tile.className = `q-tile q-${answer[2] || "before"}`;
        tile.querySelector("b").textContent = `${answer[0]} ${answer[1]}`;
        tile.querySelector(".q-mark").textContent = answer[2] === "fooled" ? "✕ fell" : answer[2] === "holds" ? "✓ holds so far" : mark;
        tile.querySelector(".q-meter span").style.width = answer[1];
      } else { tile.className = "q-tile q-before"; tile.querySelector("b").textContent = "asked at the end"; tile.querySelector(".q-mark").textContent = ""; }
      tile.open = open;
    });
  }

  function stop() { clearInterval(timer); timer = null; const play = one(".q-play"); if (play) play.textContent = "▶"; }

  function play() {
    const slider = one(".q-iteration");
    if (timer || !slider) return stop();
    let step = +slider.value >= +slider.max ? 0 : +slider.value;
    look("0"); show(step); one(".q-play").textContent = "❚❚";
    timer = setInterval(() => { step += 1; show(step); if (step >= +slider.max || !document.contains(slider)) stop(); }, Math.max(80, 3000 / +slider.max));
  }

  /* The square that they see is dragged along the longer side; where it is let go, the slider beside it is set. */
  function drag(event) {
    const crop = event.target.closest?.(".q-crop"), slider = document.querySelector("#q-place input[type=range]");
    if (!crop || !slider) return;
    const along = crop.dataset.way === "x" ? "clientX" : "clientY", box = crop.getBoundingClientRect();
    const room = box.width * (1 - parseFloat(getComputedStyle(crop).getPropertyValue("--q-short")));
    const from = event[along], began = parseFloat(getComputedStyle(crop).getPropertyValue("--q-place"));
    let place = began;
    const move = (now) => { place = Math.min(1, Math.max(0, began + (now[along] - from) / room)); crop.style.setProperty("--q-place", place); };
    const end = () => {
      document.removeEventListener("pointermove", move);
      slider.value = place.toFixed(2);
      slider.dispatchEvent(new Event("input", { bubbles: true }));
    };
    document.addEventListener("pointermove", move);
    document.addEventListener("pointerup", end, { once: true });
    event.preventDefault();
  }
  document.addEventListener("pointerdown", drag);

  /* Tabs are places: Back leads to the one before instead of out of the page. */
  document.addEventListener("click", (event) => {
    const tab = event.isTrusted && event.target.closest?.("[role=tab]");
    if (tab && !tab.closest("#q-choices, #q-right")) history.pushState({ tab: tab.textContent.trim() }, "");
    if (event.target.closest?.(".q-skip")) { document.getElementById("q-start")?.focus(); event.preventDefault(); }
  });
  addEventListener("popstate", (event) => {
    const wanted = event.state?.tab ?? "Attack";
    all("[role=tab]").find((tab) => tab.textContent.trim() === wanted)?.click();
  });

  /* Gradio's own pictures come without words for who cannot see them. */
  new MutationObserver(() => {
    all("#q-choices img[alt=''], #q-choices img:not([alt])").forEach((image) => (image.alt = image.closest("[id^=q-examples]") ? "An example" : "The picture that is chosen"));
  }).observe(document.documentElement, { childList: true, subtree: true });

  document.addEventListener("input", (event) => {
    if (event.target.closest?.(".q-opacity")) all(".q-gazes").forEach((gazes) => gazes.style.setProperty("--q-dark", event.target.value / 100));
    if (event.target.matches?.(".q-part")) part(event.target.value);
    if (event.target.matches?.(".q-iteration")) { stop(); look("0"); show(+event.target.value); }
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".q-look, .q-play, .q-all");
    if (!button) return;
    if (button.matches(".q-look")) look(button.dataset.look);
    if (button.matches(".q-play")) play();
    if (button.matches(".q-all")) {
      const open = button.getAttribute("aria-expanded") !== "true";
      button.setAttribute("aria-expanded", open);
      all(".q-tile", stage()).forEach((tile) => (tile.open = open));
    }
  });
  document.addEventListener("keydown", (event) => {
    const slider = one(".q-iteration"), busy = event.target.closest?.("input, textarea, select, button, summary, a, [contenteditable], [role=tab], [role=listbox]");
    if (!slider || busy || event.ctrlKey || event.metaKey || event.altKey || !slider.offsetParent) return;
    const step = +slider.value;
    if (event.key === " ") play();
    else if (event.key === "ArrowLeft") { stop(); show(Math.max(step - 1, 0)); }
    else if (event.key === "ArrowRight") { stop(); show(Math.min(step + 1, +slider.max)); }
    else if (event.key === "Escape") { stop(); look("0"); show(+slider.max); }
    else return;
    event.preventDefault();
  });
})();
