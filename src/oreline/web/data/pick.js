// Names offered while somebody types: a combobox as WAI-ARIA describes it, over what the API offers.
// An input with data-pick="lots" (sites, materials, parties, analytes) has one; with
// data-pick-leads, an address with NAME in it, choosing a name goes there. The list opens by
// typing, by a click or by the arrow that points down; what is typed stays as typed unless a name
// is chosen. With data-pick-several, names are separated by spaces and the last one is completed.
(() => {
  const ROWS = 8;
  const WAIT_MS = 150;
  let open = null; // {input, list, items, next, at, text}
  let timer = 0;
  let asked = 0;

  const words = () => document.getElementById("pick-words")?.dataset ?? {};
  const several = (input) => input.hasAttribute("data-pick-several");
  const typed = (input) => (several(input) ? input.value.split(/\s+/).at(-1) : input.value.trim());

  const say = (text) => {
    const told = document.getElementById("pick-words");
    if (told) told.textContent = text;
  };

  const prepare = (input) => {
    if (input.getAttribute("role") === "combobox") return;
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("autocomplete", "off");
  };

  const shut = () => {
    if (!open) return;
    open.input.setAttribute("aria-expanded", "false");
    open.input.removeAttribute("aria-activedescendant");
    open.input.removeAttribute("aria-controls");
    open.list.remove();
    open = null;
  };

  // What was asked for is not wanted any more: neither what waits nor what is under way.
  const drop = () => {
    clearTimeout(timer);
    asked += 1;
  };

  const close = () => {
    drop();
    shut();
  };

  const place = () => {
    const box = (open.input.closest(".q-field__control") ?? open.input).getBoundingClientRect();
    const width = Math.min(Math.max(box.width, 320), innerWidth - 16);
    const left = Math.max(8, Math.min(box.left, innerWidth - width - 8));
    // The rail stays where it is while the page scrolls; what it offers stays with it.
    const stays = Boolean(open.input.closest(".rail"));
    const [x, y] = stays ? [0, 0] : [scrollX, scrollY];
    Object.assign(open.list.style, {
      position: stays ? "fixed" : "absolute",
      width: `${width}px`, left: `${left + x}px`, top: `${box.bottom + y + 2}px`,
    });
  };

  const mark = (at) => {
    open.at = at;
    for (const [number, row] of [...open.list.querySelectorAll("[role=option]")].entries()) {
      row.setAttribute("aria-selected", String(number === at));
      if (number === at) {
        open.input.setAttribute("aria-activedescendant", row.id);
        row.scrollIntoView({ block: "nearest" });
      }
    }
    if (at < 0) open.input.removeAttribute("aria-activedescendant");
  };

  const choose = (name) => {
    const { input } = open;
    if (input.dataset.pickLeads) {
      close();
      location.assign(input.dataset.pickLeads.replace("NAME", encodeURIComponent(name)));
      return;
    }
    const before = several(input) ? input.value.replace(/\S*$/, "") : "";
    input.value = before + name;
    close();
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.focus();
  };

  const row = (item, number) => {
    const made = document.createElement("div");
    made.setAttribute("role", "option");
    made.id = `pick-${number}`;
    const name = document.createElement("b");
    name.textContent = item.name;
    made.append(name);
    if (item.meaning) {
      const meaning = document.createElement("span");
      meaning.textContent = item.meaning;
      made.append(" ", meaning);
    }
    made.addEventListener("mousedown", (event) => {
      event.preventDefault();
      choose(item.name);
    });
    return made;
  };

  const show = (input, text, found, more) => {
    if (!open || open.input !== input) {
      shut();
      const list = document.createElement("div");
      list.className = "pick";
      list.id = "pick-list";
      list.setAttribute("role", "listbox");
      list.setAttribute("aria-label", words().list ?? "");
      document.body.append(list);
      open = { input, list, items: [], next: null, at: -1, text };
      input.setAttribute("aria-expanded", "true");
      input.setAttribute("aria-controls", list.id);
    }
    if (!more) {
      open.list.replaceChildren();
      open.items = [];
      mark(-1);
    }
    Object.assign(open, { text, next: found.next });
    for (const item of found.items) open.list.append(row(item, open.items.push(item) - 1));
    place();
    say((words().found ?? "").replace("{n}", String(open.items.length)));
  };

  const ask = async (input, text, after) => {
    const mine = (asked += 1);
    const query = new URLSearchParams({ of: input.dataset.pick, text, limit: ROWS });
    if (after) query.set("after", after);
    const answer = await fetch(`/api/v1/suggestions?${query}`).then((one) => one.json(), () => null);
    if (mine !== asked || document.activeElement !== input) return;
    const found = answer?.ok ? answer.result : { items: [], next: null };
    if (found.items.length || after) {
      show(input, text, found, Boolean(after));
    } else {
      close();
      if (answer?.ok) say(words().none ?? "");
    }
  };

  const soon = (input) => {
    drop();
    timer = setTimeout(() => ask(input, typed(input)), WAIT_MS);
  };

  const picked = (target) => target instanceof HTMLInputElement && target.dataset.pick;

  const onKey = async (event) => {
    const input = event.target;
    if (!picked(input)) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) return ask(input, typed(input));
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (step > 0 && open.at === open.items.length - 1 && open.next) {
        await ask(input, open.text, open.next);
      }
      if (open) mark(Math.max(-1, Math.min(open.at + step, open.items.length - 1)));
    } else if (event.key === "Enter" && open && open.at >= 0) {
      event.preventDefault();
      choose(open.items[open.at].name);
    } else if (event.key === "Escape" && open) {
      event.stopPropagation();
      close();
    } else if (event.key === "Tab") {
      close();
    }
  };

  // Inputs come later than this script, and some only when a row is added.
  const prepareAll = () => document.querySelectorAll("input[data-pick]").forEach(prepare);
  new MutationObserver(prepareAll).observe(document, { childList: true, subtree: true });
  prepareAll();
  document.addEventListener("focusout", ({ target }) => open?.input === target && close());
  document.addEventListener("click", ({ target }) => picked(target) && !open && ask(target, typed(target)));
  document.addEventListener("input", ({ target, isTrusted }) => isTrusted && picked(target) && soon(target));
  document.addEventListener("keydown", onKey);
  addEventListener("resize", () => open && place());

  // What is wrong with a field is said beside it; readers of screens must find it there.
  window.orelineMarked = (first) => {
    for (const field of document.querySelectorAll(".q-field")) {
      const input = field.querySelector("input, textarea");
      const said = field.querySelector(".q-field__messages");
      if (!input) continue;
      const isWrong = field.classList.contains("q-field--error") && said;
      if (isWrong) {
        said.id ||= `said-${field.id || Math.random().toString(36).slice(2)}`;
        input.setAttribute("aria-invalid", "true");
        input.setAttribute("aria-describedby", said.id);
      } else if (input.getAttribute("aria-invalid")) {
        input.removeAttribute("aria-invalid");
        input.removeAttribute("aria-describedby");
      }
    }
    const box = first && document.getElementById(first);
    if (!box) return;
    for (let fold = box.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    const input = box.querySelector("input, textarea") ?? box;
    input.focus();
    input.scrollIntoView({ block: "center" });
  };
})();
