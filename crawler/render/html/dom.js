"use strict";
// What the other scripts build the page with. Texts become text nodes and attributes only; the page's policy
// (require-trusted-types-for) forbids markup made of text.

const $ = (id) => document.getElementById(id);
const SVG = "http://www.w3.org/2000/svg";

function put(element, kids) {  // what is 0, false, null or "" stands for nothing
  element.append(...kids.flat(9).filter(Boolean));
  return element;
}

function h(tag, given, ...kids) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given || {}))
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  return put(element, kids);
}

function icon(health) {
  const svg = document.createElementNS(SVG, "svg"), use = document.createElementNS(SVG, "use");
  svg.setAttribute("class", `icon ${health}`);
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#i-${health}`);
  return put(svg, [use]);
}

const button = (title, onclick, given) => h("button", { type: "button", onclick, ...given }, title);
const safe = (text) => h("bdi", {}, text);  // what is written from right to left stays in its place
const number = (n) => n.toLocaleString("en");
const count = (n, noun) => `${number(n)} ${noun}${n === 1 ? "" : "s"}`;
const bytes = (n) => (n < 1024 ? count(n, "byte") : n < 1 << 20 ? `${number(n >> 10)} kB` : `${(n / (1 << 20)).toFixed(1)} MB`);

const WEB = /^https?:\/\//i;
const clickable = (url) => WEB.test(url) && !url.endsWith("…");  // not what is cut
const thumbnail = (webp, alt) =>
  h("img", { src: `data:image/webp;base64,${webp}`, alt, loading: "lazy", class: "thumb" });
const link = (url) =>
  clickable(url) ? h("a", { href: url, rel: "noreferrer noopener nofollow" }, safe(url)) : safe(url);

// ---- data: base64 of gzip of JSON lines (html_rows.py says what they hold) -----------------------------------------

function decoded(base64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
  const text = atob(base64), result = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) result[at] = text.charCodeAt(at);
  return result;
}

async function unpacked(base64) {
  const stream = new Blob([decoded(base64)]).stream().pipeThrough(new DecompressionStream("gzip"));
  const lines = (await new Response(stream).text()).trimEnd().split("\n");
  const tables = JSON.parse(lines.pop()), rows = {};
  for (const line of lines)
    for (const [name, values] of Object.entries(JSON.parse(line))) {
      const column = (rows[name] ||= []);
      for (const value of values) column.push(value);
    }
  const [code, health] = [0, 1].map((part) => (i) => tables.codes[rows.code[i]][part]);
  return { tables, rows, code, health, name: (at) => tables.names[at], state: (i) => tables.states[rows.state[i]] };
}
