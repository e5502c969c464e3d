"use strict";
// The table of the report: keeps the view in the address, and draws only the rows on the screen.

async function main() {
  const root = document.documentElement, packed = $("data").textContent;
  root.classList.add("js");
  $("data").remove();
  let data;
  try {
    data = await unpacked(packed);
  } catch (error) {  // an old browser, or a file cut short: what stands in the page is still worth reading
    root.classList.remove("js");
    document.querySelector(".loading").replaceWith(" This browser cannot open the table of all links.");
    return;
  }
  root.dataset.ready = "";
  if (data.rows.url) explore(data);
  else root.classList.remove("js");
}

function explore(data) {
  const { tables, rows, name, code, health, state } = data, total = rows.url.length;

  // ---- facets: a row's column points at a group, which stands for one value or for several ---------------------------
  const FIX = ["none", "safe", "review", "waits"], FIXES = ["", "fix ready", "fix to review", "fix waits"];
  const facet = (key, title, column, groups) => ({ key, title, column, groups: groups.map((group) => [group].flat()) });
  const hosts = [...new Set(rows.host)], hostAt = new Map(hosts.map((index, group) => [index, group]));
  const healthOf = tables.codes.map(([, one]) => tables.healths.indexOf(one));
  const sets = tables.sets.map((set) => set.map(name));
  const FACETS = [
    facet("health", "Health", Uint8Array.from(rows.code, (one) => healthOf[one]), tables.healths),
    facet("verdict", "Verdict", Uint8Array.from(rows.code), tables.codes.map(([one]) => one)),
    facet("state", "State", Uint8Array.from(rows.state), tables.states),
    facet("change", "Since the run before", Uint8Array.from(rows.change, (one) => one + 1), ["same", ...tables.changes]),
    facet("fix", "Proposed change", Uint8Array.from(rows.fix), FIX),
    facet("kind", "Kind", Uint8Array.from(rows.kind), tables.kinds),
    facet("collection", "Collection", Uint32Array.from(rows.folders), sets),
    facet("field", "Field", Uint32Array.from(rows.fields), sets),
    facet("host", "Host", Uint32Array.from(rows.host, (index) => hostAt.get(index)), hosts.map(name)),
  ];
  const BY_SIZE = ["collection", "field", "host"];

  // ---- order ---------------------------------------------------------------------------------------------------------
  const SORTS = {
    worst: (i) => rows.rank[i],
    link: (i) => i,
    where: (i) => pathOrder().get(rows.places[i][0]?.[0]) ?? -1,
    since: (i) => Number(name(rows.since[i]).replaceAll("-", "")),
  };
  let paths;
  function pathOrder() {
    if (!paths) {
      const index = new Map(rows.places.filter((one) => one.length).map(([[path]]) => [name(path), path]));
      paths = new Map([...index.keys()].sort().map((path, at) => [index.get(path), at]));
    }
    return paths;
  }
  const orders = {};
  function order(sort) {
    if (!orders[sort]) {  // key and row in one number: ten times as fast as a comparison of our own
      const keys = Float64Array.from({ length: total }, (_, i) => SORTS[sort](i) * 1e6 + i).sort();
      orders[sort] = Uint32Array.from(keys, (key) => ((key % 1e6) + 1e6) % 1e6);
    }
    return orders[sort];
  }

  // ---- the view: what the address says -------------------------------------------------------------------------------
  let view;
  const chosenIn = (given) => Object.fromEntries(FACETS.map((f) => [f.key, new Set(given.getAll(f.key))]));
  function read() {
    const given = new URLSearchParams(location.hash.slice(1)), sort = given.get("sort") || "worst";
    const plain = sort.replace(/^-/, "");
    view = {
      q: given.get("q") || "",
      sort: Object.hasOwn(SORTS, plain) ? plain : "worst",
      down: sort[0] === "-",
      chosen: chosenIn(given),
      link: given.get("link") || "",
    };
  }
  function address() {
    const given = new URLSearchParams();
    if (view.q) given.set("q", view.q);
    for (const f of FACETS) for (const value of view.chosen[f.key]) given.append(f.key, value);
    if (view.sort !== "worst" || view.down) given.set("sort", (view.down ? "-" : "") + view.sort);
    if (view.link) given.set("link", view.link);
    return `#${given}`;
  }
  function go(push) {
    history[push ? "pushState" : "replaceState"](null, "", address());
    show();
  }

  // ---- filter --------------------------------------------------------------------------------------------------------
  const texts = [];
  function searched(until = total) {  // what a search looks at, made while nothing else is to be done
    for (let i = texts.length; i < until; i++) {
      let text = `${rows.url[i]}\n${rows.because[i]}\n${code(i)}\n${rows.page[i] ? rows.page[i][0] : ""}`;
      for (const [path, line, field] of rows.places[i]) text += `\n${name(path)}:${line} ${name(field)}`;
      texts.push(text.toLowerCase());
    }
    return texts;
  }
  const idle = globalThis.requestIdleCallback || ((act) => setTimeout(act, 20));
  function prepare() {
    searched(Math.min(total, texts.length + 2000));
    if (texts.length < total) idle(prepare);
  }
  let found = [];
  function filter() {
    const words = view.q.toLowerCase().split(/\s+/).filter(Boolean), text = words.length ? searched() : [];
    const masks = FACETS.map((f) => {
      const chosen = view.chosen[f.key];
      return chosen.size ? Uint8Array.from(f.groups, (group) => +group.some((value) => chosen.has(value))) : null;
    });
    const counts = FACETS.map((f) => new Uint32Array(f.groups.length));
    const sorted = order(view.sort), result = new Uint32Array(total);
    let size = 0;
    for (let at = 0; at < total; at++) {
      const i = sorted[view.down ? total - 1 - at : at];
      if (!words.every((word) => text[i].includes(word))) continue;
      let missed = -1, misses = 0;
      for (let k = 0; k < FACETS.length && misses < 2; k++)
        if (masks[k] && !masks[k][FACETS[k].column[i]]) { missed = k; misses++; }
      if (!misses) {
        result[size++] = i;
        for (let k = 0; k < FACETS.length; k++) counts[k][FACETS[k].column[i]]++;
      } else if (misses === 1) counts[missed][FACETS[missed].column[i]]++;  // what one more choice there would show
    }
    found = result.subarray(0, size);
    FACETS.forEach((f, k) => {
      f.counts = new Map();
      f.groups.forEach((group, g) => group.forEach((value) => {
        if (counts[k][g]) f.counts.set(value, (f.counts.get(value) || 0) + counts[k][g]);
      }));
    });
  }

  // ---- the page ------------------------------------------------------------------------------------------------------
  let typed;
  const search = h("input", {
    type: "search", id: "search", placeholder: "Search address, reason, card …", autocomplete: "off", spellcheck: "false",
    oninput: () => { clearTimeout(typed); typed = setTimeout(() => { view.q = search.value.trim(); upwards(); go(); }, 60); },
  });
  const status = h("p", { role: "status", class: "found" });
  const clear = button("Show all", () => {
    view.q = search.value = "";
    view.chosen = chosenIn(new URLSearchParams());
    go(true);
    search.focus();
  });
  const filters = h("details", { class: "filters" }, h("summary", {}, "Filters"));
  const list = h("div", { class: "rows", role: "rowgroup" });
  const heads = Object.entries({ worst: "Verdict", link: "Link", where: "Where", since: "Since" }).map(([sort, title]) =>
    h("div", { role: "columnheader", class: `c-${sort}`, "data-sort": sort }, button(title, () => {
      view.down = view.sort === sort && !view.down;
      view.sort = sort;
      upwards();
      go();
    })));
  const head = h("div", { role: "rowgroup" }, h("div", { role: "row", class: "head", "aria-rowindex": 1 }, heads));
  const table = h("div", { role: "table", class: "table", "aria-label": "Links" }, head, list);
  const keys = ["/ search", "↑ ↓ rows", "Enter details", "c copy as Markdown", "Esc close"];
  put($("explorer"), [
    h("div", { class: "bar-top" }, h("label", { for: "search", class: "hidden" }, "Search"), search, status, clear,
      button("Download CSV", () => download(data, found))),
    h("div", { class: "split" }, filters, table),
    h("p", { class: "note keys" }, keys.map((key) => h("span", {}, key))),
  ]);
  $("explorer").hidden = false;
  filters.open = matchMedia("(min-width: 1000px)").matches;

  for (const f of FACETS) {
    f.values = h("ul");
    f.narrow = h("input", { type: "search", "aria-label": `Narrow ${f.title}`, placeholder: "Narrow …", oninput: () => draw(f) });
    f.order = new Map(f.groups.map(([value], at) => [value, at]));
    f.box = h("fieldset", {}, h("legend", {}, f.title), f.groups.length > 60 ? f.narrow : null, f.values);
    filters.append(f.box);
  }
  function draw(f) {
    const wanted = f.narrow.value.trim().toLowerCase(), chosen = view.chosen[f.key], size = (value) => f.counts.get(value) || 0;
    const all = [...new Set([...f.counts.keys(), ...chosen])].filter((value) => value.toLowerCase().includes(wanted));
    if (BY_SIZE.includes(f.key)) all.sort((a, b) => size(b) - size(a) || (a < b ? -1 : 1));
    else all.sort((a, b) => f.order.get(a) - f.order.get(b));
    const shown = all.filter((value, at) => at < (f.more ? 200 : 12) || chosen.has(value));
    const focused = f.values.contains(document.activeElement) && document.activeElement.value;
    const box = (value) => h("input", { type: "checkbox", value, checked: chosen.has(value), onchange: (event) => {
      chosen[event.target.checked ? "add" : "delete"](value);
      upwards();
      go();
    } });
    const more = button(`${number(all.length - shown.length)} more`, () => {
      f.more = true;
      draw(f);
      f.values.querySelectorAll("input")[shown.length]?.focus();
    });
    f.values.replaceChildren();
    put(f.values, [
      shown.map((value) => h("li", {}, h("label", {}, box(value), f.key === "health" && tables.healths.includes(value) && icon(value),
        safe(value), h("span", { class: "num" }, number(size(value)))))),
      all.length > shown.length && !f.more && h("li", {}, more),
    ]);
    f.box.hidden = !all.length && !wanted;
    if (focused) [...f.values.querySelectorAll("input")].find((input) => input.value === focused)?.focus();
  }

  // ---- rows: only those on the screen --------------------------------------------------------------------------------
  let height = 60, first = -1, last = -1, current = 0;
  function row(at) {
    const i = found[at], place = rows.places[i][0], more = rows.count[i] - 1;
    const [, origin, rest] = /^(https?:\/\/[^/]*)?(.*)$/is.exec(rows.url[i]);
    const shown = rows.pictures[i] && rows.pictures[i].at(-1);
    const open = h("button", { type: "button", class: "open", tabindex: at === current ? 0 : -1, "aria-haspopup": "dialog" },
      h("bdi", {}, origin && h("span", { class: "origin" }, origin.replace(WEB, "")), rest));
    return h("div", { role: "row", class: "row", "aria-rowindex": at + 2, "data-at": at },
      h("div", { role: "cell", class: "c-worst" }, icon(health(i)), h("span", {}, h("b", {}, code(i)), h("small", {}, state(i)))),
      h("div", { role: "cell", class: "c-link" }, shown && thumbnail(shown[1], ""),
        h("span", {}, open, h("small", {}, safe(rows.because[i])))),
      h("div", { role: "cell", class: "c-where" }, place && h("span", {}, safe(`${name(place[0])}:${place[1]}`),
        h("small", {}, name(place[2]), more > 0 ? `, ${number(more)} more` : ""))),
      h("div", { role: "cell", class: "c-since num" }, name(rows.since[i]),
        h("small", {}, FIXES[rows.fix[i]])));
  }
  const focus = () => list.querySelector(`[data-at="${current}"] .open`)?.focus({ preventScroll: true });
  function paint(force) {
    const start = Math.max(0, Math.floor(-list.getBoundingClientRect().top / height) - 8);
    const end = Math.min(found.length, start + Math.ceil(innerHeight / height) + 16);
    if (!force && start === first && end === last) return;
    const focused = list.contains(document.activeElement);
    [first, last] = [start, end];
    list.style.height = `${found.length * height}px`;
    list.style.paddingTop = `${start * height}px`;
    if (current < start || current >= end) current = Math.max(0, Math.min(start + 8, found.length - 1));
    list.replaceChildren(...Array.from({ length: Math.max(0, end - start) }, (_, k) => row(start + k)));
    if (focused) focus();
  }
  function to(at) {
    current = Math.min(Math.max(0, at), found.length - 1);
    const from = list.getBoundingClientRect().top + scrollY + current * height;
    if (from < scrollY + head.offsetHeight) scrollTo(0, from - head.offsetHeight);
    else if (from + height > scrollY + innerHeight) scrollTo(0, from + height - innerHeight);
    paint(true);
    focus();
  }
  function upwards() {
    current = 0;
    scrollBy(0, Math.min(0, $("links").getBoundingClientRect().top));
  }
  function measure() {
    height = parseFloat(getComputedStyle(table).getPropertyValue("--row")) || 60;
    paint(true);
  }
  function show() {
    filter();
    if (document.activeElement !== search) search.value = view.q;
    status.textContent = (found.length < total ? `${number(found.length)} of ` : "") + count(total, "link");
    clear.hidden = found.length === total;
    table.setAttribute("aria-rowcount", found.length + 1);
    for (const cell of heads)
      if (cell.dataset.sort === view.sort) cell.setAttribute("aria-sort", view.down ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    FACETS.forEach(draw);
    measure();
    details();
  }

  // ---- details -------------------------------------------------------------------------------------------------------
  const panel = h("dialog", {
    "aria-labelledby": "panel-title",
    onclick: (event) => { if (event.target === panel) close(); },
    oncancel: (event) => { event.preventDefault(); close(); },
  });
  document.body.append(panel);
  function close() {
    panel.close();
    view.link = "";
    history.replaceState(null, "", address());
    focus();
  }
  function open(at) {
    const push = !panel.open;  // so that Back closes the details, and does not walk through all that were looked at
    current = at;
    view.link = rows.url[found[at]];
    go(push);
  }
  function details() {
    const i = view.link ? rows.url.indexOf(view.link) : -1, at = found.indexOf(i);
    if (i < 0) return panel.close();
    const step = (title, by) => button(title, () => {
      open(at + by);
      panel.querySelector(`[data-step="${by}"]`).focus();
    }, { disabled: at < 0 || !(at + by in found), "data-step": by });
    const copying = (title, text) => button(title, (event) => take(text(), event.currentTarget));
    panel.replaceChildren(h("div", { class: "sheet" },
      h("div", { class: "tools" }, step("← Previous", -1), step("Next →", 1),
        copying("Copy as Markdown", () => markdown(data, i)), copying("Copy address", () => rows.url[i]),
        button("Close", close, { class: "close", autofocus: true })),
      known(data, i),
      h("p", { role: "status", class: "hidden" })));
    if (!panel.open) panel.showModal();
    panel.scrollTop = 0;
  }
  async function take(text, shown) {
    await copy(text, panel.open ? panel : document.body);
    const before = shown.textContent;
    shown.textContent = (panel.open ? panel.querySelector("[role=status]") : status).textContent = "Copied";
    setTimeout(() => { if (shown.textContent === "Copied") shown.textContent = before; }, 1200);
  }

  // ---- keys and mouse ------------------------------------------------------------------------------------------------
  const atOf = (event) => event.target.closest("[data-at]")?.dataset.at;
  list.addEventListener("click", (event) => { if (atOf(event) && !getSelection().toString()) open(+atOf(event)); });
  list.addEventListener("focusin", (event) => { if (atOf(event)) current = +atOf(event); });
  list.addEventListener("keydown", (event) => {
    const screen = Math.max(1, Math.floor(innerHeight / height) - 2);
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: screen, PageUp: -screen, Home: -total, End: total };
    if (Object.hasOwn(moves, event.key)) {
      event.preventDefault();
      to(current + moves[event.key]);
    } else if (event.key === "c" && !event.ctrlKey && !event.metaKey) take(markdown(data, found[current]), status);
  });
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|TEXTAREA)$/.test(event.target.tagName) || event.ctrlKey || event.metaKey || event.altKey;
    if (event.key !== "/" || panel.open || typing) return;
    event.preventDefault();
    search.focus();
  });
  search.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" || !found.length) return;
    event.preventDefault();
    to(0);
  });
  let waiting = false;
  addEventListener("scroll", () => {
    if (!waiting) requestAnimationFrame(() => { waiting = false; paint(); });
    waiting = true;
  }, { passive: true });
  addEventListener("resize", measure);
  addEventListener("hashchange", () => {
    if (/^#[\w-]+$/.test(location.hash)) return;  // the way to a part of the page, not a view
    read();
    show();
  });
  document.addEventListener("click", (event) => {  // a number or a host at the top leads to its links
    if (event.target.closest?.("a[href^='#']:not(.skip, .here)")) setTimeout(() => $("links").scrollIntoView());
  });

  read();
  show();
  idle(prepare);
}

main();
