"use strict";
// Rows of the data in, texts to take elsewhere out.

function span(text) {  // a code span in Markdown holds anything but runs of backticks as long as its fence
  const fence = "`".repeat(1 + Math.max(0, ...(text.match(/`+/g) || []).map((run) => run.length)));
  const pad = /^`|`$/.test(text) ? " " : "";
  return fence + pad + text + pad + fence;
}

function markdown({ rows, name, code, health, state }, i) {
  const spots = rows.places[i].map(([path, line, field]) => `  - ${span(`${name(path)}:${line}`)} ${span(name(field))}`);
  const changes = (rows.proposals[i] || []).map(([path, line, field, , now, kind, disposition]) =>
    `  - ${kind} (${disposition}) at ${span(`${name(path)}:${line} ${name(field)}`)}: ${now === null ? "remove" : span(now)}`);
  const first = `- ${span(code(i))} (${health(i)}, ${state(i)}) ${span(rows.url[i])}: ${span(rows.because[i])}`;
  return [first, ...spots, ...changes].join("\n") + "\n";
}

function cell(value) {  // what begins like a formula would be run by a spreadsheet (OWASP, CSV injection)
  const text = String(value ?? "");
  return `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}

const CSV = {
  url: ({ rows }, i) => rows.url[i],
  health: ({ health }, i) => health(i),
  verdict: ({ code }, i) => code(i),
  state: ({ state }, i) => state(i),
  change: ({ rows, tables }, i) => tables.changes[rows.change[i]],
  host: ({ rows, name }, i) => name(rows.host[i]),
  since: ({ rows, name }, i) => name(rows.since[i]),
  status: ({ rows }, i) => (rows.seen[i] && rows.seen[i][1]) || "",
  final_url: ({ rows }, i) => (rows.seen[i] && rows.seen[i][2]) || "",
  because: ({ rows }, i) => rows.because[i],
  rule: ({ rows, name }, i) => name(rows.rule[i]),
  places: ({ rows, name }, i) => rows.places[i].map(([path, line, field]) => `${name(path)}:${line} ${name(field)}`).join("; "),
  proposed: ({ rows }, i) => (rows.proposals[i] || []).map((one) => `${one[5]} (${one[6]}): ${one[4] ?? "remove"}`).join("; "),
};

function download(data, found) {
  const lines = [Object.keys(CSV).map(cell).join(",")];
  for (const i of found) lines.push(Object.values(CSV).map((column) => cell(column(data, i))).join(","));
  const blob = new Blob(["\ufeff", lines.join("\r\n"), "\r\n"], { type: "text/csv;charset=utf-8" });
  const target = h("a", { href: URL.createObjectURL(blob), download: "links.csv" });
  target.click();
  setTimeout(() => URL.revokeObjectURL(target.href), 10_000);
}

async function copy(text, within) {
  try {
    await navigator.clipboard.writeText(text);
  } catch (error) {  // not everywhere is a page from disk trusted with the clipboard
    const area = h("textarea", { class: "hidden", "aria-hidden": "true" }), focused = document.activeElement;
    within.append(area);
    area.value = text;
    area.select();
    document.execCommand("copy");
    area.remove();
    focused?.focus();
  }
}
