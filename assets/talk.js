/* Stage mode: only picture, verdict and weights, large; one key for each thing that a speaker does. The page's own
   buttons are pressed, seen or not, so that nothing here knows what they do. */
(() => {
  const root = document.documentElement;
  const on = () => root.classList.contains("q-talk");
  let shooting = false;
  const find = (...ids) => ids.map((id) => document.getElementById(id)).find(Boolean);
  const press = (...ids) => { const button = find(...ids); button?.click(); return Boolean(button); };

  function stage(wanted) {
    root.classList.toggle("q-talk", wanted);
    root.classList.remove("q-camera");
    /* Full screen is a wish: a browser that refuses it (a phone, a page in a frame) still has stage mode. */
    if (wanted && !document.fullscreenElement) root.requestFullscreen?.().catch(() => {});
    if (!wanted && document.fullscreenElement) document.exitFullscreen();
    const address = new URL(location);
    wanted ? address.searchParams.set("stage", "") : address.searchParams.delete("stage");
    history.replaceState(history.state, "", address);
    (wanted ? find("q-talk-bar")?.querySelector("button") : find("q-to-stage"))?.focus();
  }

  /* The picture's room comes to the front, with the camera on; until its buttons are there, it is asked again. */
  function camera() {
    root.classList.toggle("q-camera");
    shooting = false;
    const inside = (selector) => find("q-picture")?.querySelector(selector);
    const begin = (times) => {
      if (!root.classList.contains("q-camera") || !times || inside("[aria-label='capture photo']")) return;
      const grant = inside("[title='grant webcam access'] button");
      if (grant) return grant.click();
      (inside("[aria-label='Remove Image']") ?? inside("[aria-label='Capture from camera']"))?.click();
      setTimeout(begin, 100, times - 1);
    };
    begin(30);
  }

  const DEEDS = {
    attack: () => press("q-stop", "q-start"),
    next: () => press("q-story-next", "q-tell-begin"),
    back: () => press("q-story-back"),
    camera,
    leave: () => stage(!on()),
  };
  const KEYS = { a: "attack", n: "next", PageDown: "next", p: "back", PageUp: "back", c: "camera", f: "leave" };

  document.addEventListener("keydown", (event) => {
    const writing = event.target.closest?.("input:not([type=range]):not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable=true], [role=listbox]");
    if (writing || event.ctrlKey || event.metaKey || event.altKey) return;
    const deed = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!deed || (!on() && deed !== "leave")) return;
    DEEDS[deed]();
    event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-deed]");
    if (button) DEEDS[button.dataset.deed]();
  });
  /* Who leaves full screen by Escape leaves stage mode. */
  document.addEventListener("fullscreenchange", () => { if (!document.fullscreenElement && on()) stage(false); });

  if (new URLSearchParams(location.search).has("stage")) root.classList.add("q-talk");
  /* A photograph has been taken: the jury says what it sees, and the camera makes room. */
  new MutationObserver(() => {
    if (!root.classList.contains("q-camera")) return;
    const taken = find("q-picture")?.querySelector("img[src]:not(.hide)");
    if (taken && shooting) root.classList.remove("q-camera");
    shooting = !taken;
  }).observe(root, { childList: true, subtree: true });
})();
