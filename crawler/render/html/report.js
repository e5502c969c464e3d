"use strict";
// The table of the report: unpacks the data, keeps the view in the address, and draws only the rows on the screen.
// Texts reach the page as text nodes and attributes only; the page's policy forbids markup made of text.
(async () => {
  const $ = (id) => document.getElementById(id);
  const SVG = "http://www.w3.org/2000/svg";
  const put = (element, kids) => { element.append(...kids.flat(9).filter((kid) => kid || kid === 0)); return element; };
  const h = (tag, given, ...kids) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(given || {}))
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value === true) element.setAttribute(name, "");
      else if (value !== false && value != null) element.setAttribute(name, value);
    return put(element, kids);
  };
  const icon = (health) => {
    const svg = document.createElementNS(SVG, "svg"), use = document.createElementNS(SVG, "use");
    svg.setAttribute("class", `icon ${health}`);
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `#i-${health}`);
    return put(svg, [use]);
  };
  const number = (n) => n.toLocaleString("en");
  const count = (n, noun) => `${number(n)} ${noun}${n === 1 ? "" : "s"}`;
  const after = (wait, act) => { let timer; return () => { clearTimeout(timer); timer = setTimeout(act, wait); }; };

  // ---- data ---------------------------------------------------------------------------------------------------
  async function unpacked() {
    const base64 = $("data").textContent;
    $("data").remove();
    let packed = Uint8Array.fromBase64?.(base64);
    if (!packed) {
      const text = atob(base64);
      packed = new Uint8Array(text.length);
      for (let at = 0; at < text.length; at++) packed[at] = text.charCodeAt(at);
    }
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    const lines = (await new Response(stream).text()).trimEnd().split("\n");
    const tables = JSON.parse(lines.pop()), columns = {};
    for (const line of lines)
      for (const [name, values] of Object.entries(JSON.parse(line))) {
        const column = (columns[name] ||= []);
        for (const value of values) column.push(value);
      }
    return [tables, columns];
  }
  document.documentElement.classList.add("js");
  let tables, rows;
  try {
    [tables, rows] = await unpacked();
  } catch (error) {  // an old browser, or a file cut short: what stands in the page is still worth reading
    document.documentElement.classList.remove("js");
    const note = document.querySelector(".loading");
    note.textContent = " This browser cannot open the table of all links.";
    note.className = "";
    return;
  }
  document.documentElement.dataset.ready = "";
  if (!rows.url) return void document.documentElement.classList.remove("js");
  const total = rows.url.length;
  const name = (index) => tables.names[index];
  const code = (i) => tables.codes[rows.code[i]][0];
  const health = (i) => tables.codes[rows.code[i]][1];
  const WEB = /^https?:\/\//i;
  const clickable = (url) => WEB.test(url) && !url.endsWith("…");

  // ---- facets -------------------------------------------------------------------------------------------------
  // A facet has groups (what a row's column points at); a group stands for one value, or for several.
  const FIX = ["none", "safe", "review", "waits"];
  const facet = (key, title, column, groups) => ({ key, title, column, groups: groups.map((g) => [g].flat()) });
  const hosts = [...new Set(rows.host)], hostAt = new Map(hosts.map((index, group) => [index, group]));
  const healths = tables.healths, codeHealth = tables.codes.map(([, one]) => healths.indexOf(one));
  const sets = tables.sets.map((set) => set.map(name));
  const FACETS = [
    facet("health", "Health", Uint8Array.from(rows.code, (c) => codeHealth[c]), healths),
    facet("verdict", "Verdict", Uint8Array.from(rows.code), tables.codes.map(([one]) => one)),
    facet("state", "State", Uint8Array.from(rows.state), tables.states),
    facet("change", "Since the run before", Uint8Array.from(rows.change, (c) => c + 1), ["same", ...tables.changes]),
    facet("fix", "Proposed change", Uint8Array.from(rows.fix), FIX),
    facet("kind", "Kind", Uint8Array.from(rows.kind), tables.kinds),
    facet("collection", "Collection", Uint32Array.from(rows.folders), sets),
    facet("field", "Field", Uint32Array.from(rows.fields), sets),
    facet("host", "Host", Uint32Array.from(rows.host, (index) => hostAt.get(index)), hosts.map(name)),
  ];

  // ---- the view: what the address says ------------------------------------------------------------------------
  const SORTS = {
    worst: (i) => rows.rank[i],
    link: (i) => i,
    where: (i) => pathOrder().get(rows.places[i][0]?.[0]) ?? -1,
    since: (i) => Number(name(rows.since[i]).replaceAll("-", "")),
  };
  let paths;
  function pathOrder() {
    if (!paths) {
      const used = [...new Set(rows.places.map((places) => places[0]?.[0]))].filter((one) => one !== undefined);
      const index = new Map(used.map((one) => [name(one), one]));
      paths = new Map([...index.keys()].sort().map((path, at) => [index.get(path), at]));
    }
    return paths;
  }
  const orders = {};
  function order(sort) {
    if (!orders[sort]) {  // key and row in one number: numbers sort some ten times faster than with a comparison of ours
      const keys = Float64Array.from({ length: total }, (_, i) => SORTS[sort](i) * 1e6 + i).sort();
      orders[sort] = Uint32Array.from(keys, (key) => ((key % 1e6) + 1e6) % 1e6);
    }
    return orders[sort];
  }
  let view = { q: "", sort: "worst", down: false, chosen: {}, link: "" };
  function read() {
    const given = new URLSearchParams(location.hash.slice(1)), sort = given.get("sort") || "worst";
    const plain = sort.replace(/^-/, "");
    view = { q: given.get("q") || "", sort: Object.hasOwn(SORTS, plain) ? plain : "worst", down: sort[0] === "-",
      chosen: Object.fromEntries(FACETS.map((f) => [f.key, new Set(given.getAll(f.key))])), link: given.get("link") || "" };
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
    if (push) history.pushState(null, "", address());
    else history.replaceState(null, "", address());
    show();
  }

  // ---- filter -------------------------------------------------------------------------------------------------
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
  const prepare = () => { if (texts.length < total) { searched(Math.min(total, texts.length + 2000)); idle(prepare); } };
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
      f.groups.forEach((group, g) => group.forEach((v) => counts[k][g] && f.counts.set(v, (f.counts.get(v) || 0) + counts[k][g])));
    });
  }

  // ---- the page -----------------------------------------------------------------------------------------------
  const search = h("input", { type: "search", id: "search", placeholder: "Search address, reason, card …", autocomplete: "off",
    spellcheck: "false", oninput: after(60, () => { view.q = search.value.trim(); top(); go(); }) });
  const status = h("p", { role: "status", class: "found" });
  const clear = h("button", { type: "button", onclick: () => { view.q = search.value = ""; view.chosen = Object.fromEntries(FACETS.map((f) => [f.key, new Set()])); go(true); search.focus(); } }, "Show all");
  const download = h("button", { type: "button", onclick: csv }, "Download CSV");
  const filters = h("details", { class: "filters" }, h("summary", {}, "Filters"));
  const list = h("div", { class: "rows", role: "rowgroup" });
  const heads = { worst: "Verdict", link: "Link", where: "Where", since: "Since" };
  const head = Object.entries(heads).map(([sort, title]) => h("div", { role: "columnheader", class: `c-${sort}` },
    h("button", { type: "button", onclick: () => { view.down = view.sort === sort && !view.down; view.sort = sort; top(); go(); } }, title)));
  const table = h("div", { role: "table", class: "table", "aria-label": "Links" },
    h("div", { role: "rowgroup" }, h("div", { role: "row", class: "head", "aria-rowindex": 1 }, head)), list);
  put($("explorer"), [
    h("div", { class: "bar-top" }, h("label", { for: "search", class: "hidden" }, "Search"), search, status, clear, download),
    h("div", { class: "split" }, filters, table),
    h("p", { class: "note keys" }, ["/ search", "↑ ↓ rows", "Enter details", "c copy as Markdown", "Esc close"].map((key) => h("span", {}, key))),
  ]);
  $("explorer").hidden = false;
  $("plain").classList.add("on-paper");
  filters.open = matchMedia("(min-width: 1000px)").matches;

  const parts = FACETS.map((f) => {
    const values = h("ul"), narrow = h("input", { type: "search", "aria-label": `Narrow ${f.title}`, placeholder: "Narrow …", oninput: () => draw(f) });
    const box = h("fieldset", {}, h("legend", {}, f.title), f.groups.length > 60 ? narrow : null, values);
    filters.append(box);
    return Object.assign(f, { box, values, narrow });
  });
  function draw(f) {
    const wanted = f.narrow.value.trim().toLowerCase(), chosen = view.chosen[f.key];
    let all = [...new Set([...f.counts.keys(), ...chosen])].filter((v) => v.toLowerCase().includes(wanted));
    const size = (v) => f.counts.get(v) || 0;
    if (["collection", "field", "host"].includes(f.key)) all.sort((a, b) => size(b) - size(a) || (a < b ? -1 : 1));
    else { const at = new Map(f.groups.map(([v], k) => [v, k])); all.sort((a, b) => at.get(a) - at.get(b)); }
    const most = f.more ? 200 : 12, shown = all.filter((v, k) => k < most || chosen.has(v));
    const focus = f.values.contains(document.activeElement) && document.activeElement.value;
    f.values.replaceChildren(...shown.map((value) => h("li", {}, h("label", {},
      h("input", { type: "checkbox", value, checked: chosen.has(value), onchange: (event) => { chosen[event.target.checked ? "add" : "delete"](value); top(); go(); } }),
      f.key === "health" ? icon(value) : null, h("bdi", {}, value), h("span", { class: "num" }, number(size(value)))))),
      ...(all.length > shown.length && !f.more ? [h("li", {}, h("button", { type: "button", onclick: () => { f.more = true; draw(f); f.values.querySelectorAll("input")[shown.length]?.focus(); } }, `${number(all.length - shown.length)} more`))] : []));
    f.box.hidden = !all.length && !wanted;
    if (focus) [...f.values.querySelectorAll("input")].find((input) => input.value === focus)?.focus();
  }

  // ---- rows: only those on the screen -------------------------------------------------------------------------
  let height = 60, first = -1, last = -1, current = 0;
  function row(at) {
    const i = found[at], url = rows.url[i], place = rows.places[i][0], more = rows.count[i] - 1;
    const [, lead, rest] = /^(https?:\/\/[^/]*)?(.*)$/is.exec(url);
    const shown = rows.pictures[i] ? rows.pictures[i].at(-1) : null;
    return h("div", { role: "row", class: "row", "aria-rowindex": at + 2, "data-at": at },
      h("div", { role: "cell", class: "c-worst" }, icon(health(i)), h("span", {}, h("b", {}, code(i)), h("small", {}, tables.states[rows.state[i]]))),
      h("div", { role: "cell", class: "c-link" }, shown && thumbnail(shown[1], ""),
        h("span", {}, h("button", { type: "button", class: "open", tabindex: at === current ? 0 : -1, "aria-haspopup": "dialog" },
          h("bdi", {}, lead && h("span", { class: "origin" }, lead.replace(/^https?:\/\//i, "")), rest)), h("small", {}, h("bdi", {}, rows.because[i])))),
      h("div", { role: "cell", class: "c-where" }, place && h("span", {}, h("bdi", {}, `${name(place[0])}:${place[1]}`),
        h("small", {}, name(place[2]), more > 0 ? `, ${number(more)} more` : ""))),
      h("div", { role: "cell", class: "c-since num" }, name(rows.since[i]), rows.fix[i] ? h("small", {}, `fix: ${FIX[rows.fix[i]]}`) : null));
  }
  function paint(force) {
    const start = Math.max(0, Math.floor(-list.getBoundingClientRect().top / height) - 8);
    const end = Math.min(found.length, start + Math.ceil(innerHeight / height) + 16);
    if (!force && start === first && end === last) return;
    const focused = list.contains(document.activeElement);
    [first, last] = [start, end];
    list.style.height = `${found.length * height}px`;
    list.style.paddingTop = `${start * height}px`;
    if (current < start || current >= end) current = Math.min(Math.max(start + 8, 0), Math.max(0, found.length - 1));
    list.replaceChildren(...Array.from({ length: Math.max(0, end - start) }, (_, k) => row(start + k)));
    if (focused) list.querySelector(`[data-at="${current}"] .open`)?.focus({ preventScroll: true });
  }
  function to(at) {
    current = Math.min(Math.max(0, at), found.length - 1);
    const from = list.getBoundingClientRect().top + scrollY + current * height, above = table.firstChild.offsetHeight;
    if (from < scrollY + above) scrollTo(0, from - above);
    else if (from + height > scrollY + innerHeight) scrollTo(0, from + height - innerHeight);
    paint(true);
    list.querySelector(`[data-at="${current}"] .open`)?.focus({ preventScroll: true });
  }
  const top = () => { current = 0; const at = $("links").getBoundingClientRect().top; if (at < 0) scrollBy(0, at); };

  function show() {
    filter();
    search.value === view.q || document.activeElement === search || (search.value = view.q);
    status.textContent = found.length === total ? count(total, "link") : `${number(found.length)} of ${count(total, "link")}`;
    clear.hidden = found.length === total;
    table.setAttribute("aria-rowcount", found.length + 1);
    head.forEach((cell, k) => {
      if (Object.keys(heads)[k] === view.sort) cell.setAttribute("aria-sort", view.down ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    });
    parts.forEach(draw);
    measure();
    details();
  }
  function measure() {
    height = parseFloat(getComputedStyle(table).getPropertyValue("--row")) || 60;
    paint(true);
  }

  // ---- details ------------------------------------------------------------------------------------------------
  const thumbnail = (webp, alt) => h("img", { src: `data:image/webp;base64,${webp}`, alt, loading: "lazy", class: "thumb" });
  const link = (url) => (clickable(url) ? h("a", { href: url, rel: "noreferrer noopener nofollow" }, h("bdi", {}, url)) : h("bdi", {}, url));
  const facts = (pairs) => h("dl", {}, pairs.filter(([, value]) => value).map(([term, value]) => [h("dt", {}, term), h("dd", {}, value)]));
  const section = (title, ...kids) => h("section", {}, h("h3", {}, title), kids);
  const size = (n) => (n < 1024 ? count(n, "byte") : n < 1048576 ? `${number(Math.round(n / 1024))} kB` : `${(n / 1048576).toFixed(1)} MB`);
  function changed(before, now) {
    let a = 0, z = 0;
    while (a < before.length && before[a] === now[a]) a++;
    while (z < Math.min(before.length, now.length) - a && before.at(-1 - z) === now.at(-1 - z)) z++;
    const marked = (tag, text) => h(tag, {}, text.slice(0, a), h("mark", {}, text.slice(a, text.length - z)), z ? text.slice(-z) : "");
    return [marked("del", before), marked("ins", now)];
  }
  function proposal(i, [path, line, field, before, now, kind, disposition, rule, because, waits]) {
    const picture = (url) => (rows.pictures[i] || []).find(([other]) => other === url)?.[1];
    const figure = (url, caption) => h("figure", {}, url && picture(url) ? thumbnail(picture(url), caption) : h("div", { class: "thumb none" }, url ? "not embedded" : "none"), h("figcaption", {}, caption));
    return h("article", { class: `change ${disposition}` },
      h("p", {}, h("b", {}, kind), h("span", { class: "chip" }, disposition === "safe" ? "safe to merge" : "needs a look"), waits ? h("span", {}, `waits until ${waits}`) : null, h("code", {}, h("bdi", {}, `${name(path)}:${line} ${name(field)}`))),
      h("div", { class: "diff" }, now === null ? [h("del", {}, before), h("ins", {}, h("i", {}, "removed"))] : changed(before, now)),
      kind === "image" ? h("div", { class: "pair" }, figure(before, "Now"), figure(now, "Proposed")) : null,
      h("p", { class: "why" }, h("bdi", {}, because), " ", h("code", {}, rule)));
  }
  function past(i) {
    const votes = [...tables.pasts[rows.past[i]]].reverse().map(([at, was]) => [name(at), ...tables.codes[was]]);
    return h("ol", { class: "past" }, [...votes, ["this run", code(i), health(i)]].map(([at, was, one]) => h("li", {}, icon(one), h("b", {}, was), h("small", {}, at))));
  }
  const panel = h("dialog", { "aria-labelledby": "panel-title", onclick: (event) => { if (event.target === panel) close(); },
    oncancel: (event) => { event.preventDefault(); close(); } });
  document.body.append(panel);
  function close() {
    if (panel.open) panel.close();
    if (view.link) { view.link = ""; history.replaceState(null, "", address()); }
    list.querySelector(`[data-at="${current}"] .open`)?.focus({ preventScroll: true });
  }
  function open(at) {
    current = at;
    const already = panel.open;
    view.link = rows.url[found[at]];
    go(!already);
  }
  function details() {
    if (!view.link) return void (panel.open && panel.close());
    const i = rows.url.indexOf(view.link);
    if (i < 0) return close();
    const at = found.indexOf(i), seen = rows.seen[i], page = rows.page[i], image = rows.image[i], unsafe = health(i) === "unsafe";
    const step = (by, title) => h("button", { type: "button", disabled: at < 0 || !(at + by in found), onclick: () => { open(at + by); panel.querySelector(`[data-step="${by}"]`).focus(); }, "data-step": by }, title);
    panel.replaceChildren(h("div", { class: "sheet" },
      h("div", { class: "tools" }, step(-1, "← Previous"), step(1, "Next →"), h("button", { type: "button", onclick: (event) => copy(markdown(i), event.currentTarget) }, "Copy as Markdown"),
        h("button", { type: "button", onclick: (event) => copy(rows.url[i], event.currentTarget) }, "Copy address"), h("button", { type: "button", class: "close", onclick: close, autofocus: true }, "Close")),
      h("h2", { id: "panel-title" }, unsafe ? h("bdi", {}, rows.url[i]) : link(rows.url[i])),
      h("p", { class: "judged" }, icon(health(i)), h("b", {}, code(i)), ` ${health(i)}, ${tables.states[rows.state[i]]}`),
      h("p", {}, h("bdi", {}, rows.because[i])),
      facts([["Rule", h("code", {}, name(rows.rule[i]))], ["Dead for readers", rows.sure[i] ? `${rows.sure[i]} % sure` : ""], ["Since", name(rows.since[i])],
        ["Before", rows.before[i] >= 0 && tables.codes[rows.before[i]][0]], ["Baseline", rows.known[i]]]),
      rows.proposals[i] ? section("Proposed change", rows.proposals[i].map((one) => proposal(i, one))) : null,
      section("What happened", seen ? [
        h("ol", { class: "hops" }, seen[4].map(([url, status]) => h("li", {}, h("code", {}, status), " ", h("bdi", {}, url))),
          h("li", {}, seen[1] ? h("code", {}, seen[1]) : null, " ", h("bdi", {}, seen[3] || seen[2] || rows.url[i]))),
        facts([["Asked", `${name(seen[0])}, ${count(seen[5], "attempt")}, ${seen[6]} s, ${size(seen[7])}`]]),
      ] : h("p", {}, "It was not asked in this run.")),
      page ? section("Page", facts([["Title", page[0]], ["Site", page[1]], ["Published", page[2]], ["Description", page[3]]])) : null,
      image ? section("Image", facts([["Format", image[0]], ["Size", image[1] ? `${image[1]} × ${image[2]}` : ""], ["File", image[3] ? size(image[3]) : ""], ["Fault", image[4]]]),
        rows.pictures[i] && !rows.proposals[i] ? thumbnail(rows.pictures[i][0][1], "The image, small") : null) : null,
      section(count(rows.count[i], "place"), h("ul", { class: "plain places" }, rows.places[i].map(([path, line, field, judged, written, because, excluded]) => h("li", {},
        h("code", {}, h("bdi", {}, `${name(path)}:${line}`)), " ", h("small", {}, name(field)), judged >= 0 && judged != null ? h("span", {}, " ", icon(tables.codes[judged][1]), tables.codes[judged][0]) : null,
        because ? h("small", {}, " ", h("bdi", {}, because)) : null, written ? h("small", {}, " written as ", h("bdi", {}, written)) : null, excluded ? h("small", {}, " excluded: ", h("bdi", {}, excluded)) : null))),
        rows.count[i] > rows.places[i].length ? h("p", { class: "note" }, `${number(rows.count[i] - rows.places[i].length)} more in report.json`) : null),
      section("Last runs", past(i)), h("p", { role: "status", class: "hidden" })));
    if (!panel.open) panel.showModal();
    panel.scrollTop = 0;
  }

  // ---- taking away --------------------------------------------------------------------------------------------
  const span = (text) => { const fence = "`".repeat(1 + Math.max(0, ...(String(text).match(/`+/g) || []).map((run) => run.length))); return `${fence} ${text} ${fence}`.replace(/^(`) (?=[^ `])|(?<=[^ `]) (`)$/g, "$1$2"); };
  function markdown(i) {
    const spots = rows.places[i].map(([path, line, field]) => `  - ${span(`${name(path)}:${line}`)} ${span(name(field))}`);
    const changes = (rows.proposals[i] || []).map(([path, line, field, , now, kind, disposition]) => `  - ${kind} (${disposition}) at ${span(`${name(path)}:${line} ${name(field)}`)}: ${now === null ? "remove" : span(now)}`);
    return [`- ${span(code(i))} (${health(i)}, ${tables.states[rows.state[i]]}) ${span(rows.url[i])}: ${span(rows.because[i])}`, ...spots, ...changes].join("\n") + "\n";
  }
  async function copy(text, button) {
    try {
      await navigator.clipboard.writeText(text);
    } catch (error) {  // not everywhere is a page from disk trusted with the clipboard
      const area = h("textarea", { class: "hidden", "aria-hidden": "true" });
      (panel.open ? panel : document.body).append(area);
      area.value = text;
      area.select();
      document.execCommand("copy");
      area.remove();
      button?.focus();
    }
    const told = panel.open ? panel.querySelector("[role=status]") : status, shown = button || status, before = shown.textContent;
    told.textContent = shown.textContent = "Copied";
    setTimeout(() => { if (shown.textContent === "Copied") shown.textContent = before; }, 1200);
  }
  // A cell that begins like a formula would be run by a spreadsheet (OWASP, CSV injection).
  const cell = (value) => { const text = String(value ?? ""); return `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`; };
  function csv() {
    const lines = [["url", "health", "verdict", "state", "change", "host", "since", "status", "final_url", "because", "rule", "places", "proposed"]];
    for (const i of found) {
      const seen = rows.seen[i] || [];
      lines.push([rows.url[i], health(i), code(i), tables.states[rows.state[i]], tables.changes[rows.change[i]], name(rows.host[i]), name(rows.since[i]), seen[1] || "", seen[2] || "",
        rows.because[i], name(rows.rule[i]), rows.places[i].map(([path, line, field]) => `${name(path)}:${line} ${name(field)}`).join("; "), (rows.proposals[i] || []).map((one) => `${one[5]} (${one[6]}): ${one[4] ?? "remove"}`).join("; ")]);
    }
    const blob = new Blob(["\ufeff", lines.map((line) => line.map(cell).join(",")).join("\r\n"), "\r\n"], { type: "text/csv;charset=utf-8" });
    const target = h("a", { href: URL.createObjectURL(blob), download: "links.csv" });
    target.click();
    setTimeout(() => URL.revokeObjectURL(target.href), 10_000);
  }

  // ---- keys and mouse -----------------------------------------------------------------------------------------
  list.addEventListener("click", (event) => {
    const at = event.target.closest("[data-at]");
    if (at && !getSelection().toString()) open(+at.dataset.at);
  });
  list.addEventListener("keydown", (event) => {
    const page = Math.max(1, Math.floor(innerHeight / height) - 2);
    const moves = { ArrowDown: current + 1, ArrowUp: current - 1, PageDown: current + page, PageUp: current - page, Home: 0, End: found.length - 1 };
    if (Object.hasOwn(moves, event.key)) { event.preventDefault(); to(moves[event.key]); }
    else if (event.key === "c" && !event.ctrlKey && !event.metaKey) copy(markdown(found[current]));
  });
  list.addEventListener("focusin", (event) => { const at = event.target.closest("[data-at]"); if (at) current = +at.dataset.at; });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || panel.open || /^(INPUT|TEXTAREA)$/.test(event.target.tagName) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    search.focus();
  });
  search.addEventListener("keydown", (event) => { if (event.key === "ArrowDown" && found.length) { event.preventDefault(); to(0); } });
  let waiting = false;
  const soon = () => { if (!waiting) { waiting = true; requestAnimationFrame(() => { waiting = false; paint(); }); } };
  addEventListener("scroll", soon, { passive: true });
  addEventListener("resize", measure);
  addEventListener("hashchange", () => { if (location.hash !== "#links") { read(); show(); } });
  addEventListener("popstate", () => { if (location.hash !== "#links") { read(); show(); } });
  document.addEventListener("click", (event) => { if (event.target.closest?.(".tiles a, .legend a, .hosts a, .plain a[href^='#']")) setTimeout(() => $("links").scrollIntoView()); });

  read();
  show();
  idle(prepare);
})();
