"use strict";
// One row of the data in, all that is known of its link out, as elements.

const facts = (pairs) =>
  h("dl", {}, pairs.filter(([, value]) => value).map(([term, value]) => [h("dt", {}, term), h("dd", {}, value)]));
const section = (title, ...kids) => h("section", {}, h("h3", {}, title), kids);

function known(data, i) {
  const { rows, tables, name, code, health, state } = data, page = rows.page[i], image = rows.image[i];
  const unsafe = health(i) === "unsafe";  // shown, and one click further away than others
  return [
    h("h2", { id: "panel-title" }, unsafe ? safe(rows.url[i]) : link(rows.url[i])),
    h("p", { class: "judged" }, icon(health(i)), h("b", {}, code(i)), ` ${health(i)}, ${state(i)}`),
    h("p", {}, safe(rows.because[i])),
    facts([
      ["Rule", h("code", {}, name(rows.rule[i]))],
      ["Dead for readers", rows.sure[i] ? `${rows.sure[i]} % sure` : ""],
      ["Since", name(rows.since[i])],
      ["Before", rows.before[i] >= 0 && tables.codes[rows.before[i]][0]],
      ["Baseline", rows.known[i]],
    ]),
    rows.proposals[i] && section("Proposed change", rows.proposals[i].map((one) => proposal(data, i, one))),
    section("What happened", happened(data, i)),
    page && section("Page", facts([["Title", page[0]], ["Site", page[1]], ["Published", page[2]], ["Description", page[3]]])),
    image && section("Image", facts([
      ["Format", image[0]],
      ["Size", image[1] && `${image[1]} × ${image[2]}`],
      ["File", image[3] && bytes(image[3])],
      ["Fault", image[4]],
    ]), rows.pictures[i] && !rows.proposals[i] && thumbnail(rows.pictures[i][0][1], "The image, small")),
    section(count(rows.count[i], "place"), places(data, i)),
    section("Last runs", past(data, i)),
  ];
}

function happened({ rows, name }, i) {
  if (!rows.seen[i]) return h("p", {}, "It was not asked in this run.");
  const [day, status, last, error, hops, attempts, seconds, received] = rows.seen[i];
  const step = (number, text) => h("li", {}, number ? h("code", {}, number) : null, " ", safe(text));
  return [
    h("ol", { class: "hops" }, hops.map(([url, number]) => step(number, url)), step(status, error || last || rows.url[i])),
    facts([["Asked", `${name(day)}, ${count(attempts, "attempt")}, ${seconds} s, ${bytes(received)}`]]),
  ];
}

function places({ rows, tables, name }, i) {
  const further = rows.count[i] - rows.places[i].length;
  const note = (words, text) => text && h("small", {}, words, safe(text));
  return [
    h("ul", { class: "plain places" }, rows.places[i].map(([path, line, field, judged, written, because, excluded]) => h("li", {},
      h("code", {}, safe(`${name(path)}:${line}`)), " ", h("small", {}, name(field)),
      judged >= 0 && h("span", {}, " ", icon(tables.codes[judged][1]), tables.codes[judged][0]),
      note(" ", because), note(" written as ", written), note(" excluded: ", excluded)))),
    further > 0 && h("p", { class: "note" }, `${number(further)} more in report.json`),
  ];
}

function past({ rows, tables, name, code, health }, i) {
  const votes = tables.pasts[rows.past[i]].map(([day, was]) => [name(day), ...tables.codes[was]]).reverse();
  return h("ol", { class: "past" }, [...votes, ["this run", code(i), health(i)]].map(([when, was, one]) =>
    h("li", {}, icon(one), h("b", {}, was), h("small", {}, when))));
}

function proposal({ rows, name, code, health }, i, [path, line, field, before, now, kind, disposition, rule, because, waits]) {
  const pictures = new Map(rows.pictures[i] || []), dead = ["unsafe", "broken", "failing"].includes(health(i));
  const figure = (url, caption, missing) => h("figure", {},
    pictures.has(url) ? thumbnail(pictures.get(url), caption) : h("div", { class: "thumb none" }, missing),
    h("figcaption", {}, caption));
  return h("article", { class: `change ${disposition}` },
    h("p", {}, h("b", {}, kind),
      h("span", { class: "chip" }, disposition === "safe" ? "safe to merge" : "needs a look"),
      waits && h("span", {}, `waits until ${waits}`),
      h("code", {}, safe(`${name(path)}:${line} ${name(field)}`))),
    h("div", { class: "diff" }, now === null ? [h("del", {}, before), h("ins", {}, h("i", {}, "removed"))] : differing(before, now)),
    kind === "image" && now && WEB.test(now) && h("div", { class: "pair" },
      before ? figure(rows.url[i], "Now", dead ? code(i) : "not embedded") : null, figure(now, "Proposed", "not embedded")),
    h("p", { class: "why" }, safe(because), " ", h("code", {}, rule)));
}

function differing(before, now) {
  let same = 0, end = 0;  // characters that both begin and end with
  while (same < before.length && before[same] === now[same]) same++;
  while (end < Math.min(before.length, now.length) - same && before.at(-1 - end) === now.at(-1 - end)) end++;
  const marked = (tag, text) => h(tag, {},
    text.slice(0, same), h("mark", {}, text.slice(same, text.length - end)), text.slice(text.length - end));
  return [marked("del", before), marked("ins", now)];
}
