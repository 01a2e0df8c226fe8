// A verdict as a page: the same parts and words as the server's answer. Only text is set, never markup.

const make = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children.filter((child) => child !== null && child !== ""));
  return node;
};

const fill = (sentence, values) => sentence.replace(/%\((\w+)\)s/g, (_, name) => values[name] ?? "");

export class Speaker {
  constructor(words) {
    this.words = words;
    const options = { timeZone: "UTC" };
    const place = words.language === "en" ? "en-GB" : words.language;
    this.days = new Intl.DateTimeFormat(place, { ...options, dateStyle: "long" });
    this.moments = new Intl.DateTimeFormat(place, { ...options, dateStyle: "long", timeStyle: "short" });
    this.numbers = new Intl.NumberFormat(words.language, { maximumFractionDigits: 18 });
  }

  // A reason in the page's language. Seconds become a date and time, a day becomes a date.
  say({ code, values, sentence }) {
    const date = values.date === undefined ? {} : { date: this.when(values.date) };
    return fill(sentence ?? this.words.sentences[code] ?? code, { ...values, ...date });
  }

  when(value) {
    return typeof value === "number" ? `${this.moments.format(value * 1000)} UTC` : this.days.format(Date.parse(value));
  }

  label(name, values = {}) { return fill(this.words.labels[name], values); }

  named(list, code) { return this.words[list][code] ?? code; }
}

export function verdictNodes(verdict, role, speaker) {
  const { words } = speaker;
  const note = verdict.facts.kind === "note";
  const beside = verdict.genuine ? verdict.facts.kind : "";
  const titles = { ...words.titles, ...(role === "public" ? words.public_titles : {}), ...(note ? words.note_titles : {}), ...words.titles_beside[beside] };
  const next = { ...words.next, ...(note ? words.note_next : {}), ...words.next_beside[beside] };
  const tone = words.tones[verdict.answer];
  const banner = make("div", { class: `verdict ${tone}`, role: "status", tabindex: "-1" },
    icon({ ok: "check", hold: "alert", no: "cross" }[tone]),
    make("div", {}, make("h1", {}, titles[verdict.answer]), ...verdict.reasons.map((why) => make("p", {}, speaker.say(why)))));
  const parts = [banner];
  if (verdict.facts.number) parts.push(card(speaker.label("seal"), factRows(verdict.facts, speaker)));
  parts.push(card(speaker.label("checked"), checkRows(verdict, speaker)));
  parts.push(make("section", {}, make("h2", {}, speaker.label("todo")), make("p", {}, next[verdict.answer])));
  return parts;
}

function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `/static/wildgate/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

const card = (title, rows) => make("section", { class: "card" }, make("h2", {}, title),
  make("dl", { class: "facts" }, ...rows.flatMap(([name, ...value]) => [make("dt", {}, name), make("dd", {}, ...value)])));

function factRows(facts, speaker) {
  const label = (name, values) => speaker.label(name, values);
  const country = (code) => speaker.named("countries", code);
  const who = (one) => `${one.name ?? label("private")}, ${country(one.country)}`;
  const rows = [[label("number"), make("b", { class: "num" }, facts.number)],
    [label("issued_by"), country(facts.party) + (facts.issued ? `, ${speaker.when(facts.issued.slice(0, 10))}` : "")]];
  if (facts.kind === "endorsement") {
    return [...rows, [label("endorsed"), `${facts.place}, ${speaker.when(Date.parse(facts.endorsed) / 1000)}`],
      [label("quantities"), facts.quantities.map((amount) => speaker.numbers.format(amount)).join(", ")]];
  }
  if (facts.kind === "label" || facts.kind === "blank") {
    return [...rows, [label("document"), `${label(facts.kind)} · ${speaker.named("documents", facts.document)}`], [label("valid_until"), speaker.when(facts.valid_until)]];
  }
  if (facts.kind === "note") {
    return [...rows, [label("valid_until"), speaker.when(facts.valid_until)], [label("way"), `${country(facts.from)} → ${country(facts.to)}`],
      ...facts.items.map((item, at) => itemRow(item, facts.items.length > 1 ? ` ${at + 1}` : "", speaker))];
  }
  rows.push([label("document"), speaker.named("documents", facts.kind)], [label("valid_until"), speaker.when(facts.valid_until)],
    [label("exporter"), who(facts.exporter)], [label("importer"), who(facts.importer)]);
  if (facts.purpose) rows.push([label("purpose"), `${facts.purpose} · ${speaker.named("purposes", facts.purpose)}`]);
  for (const [at, line] of facts.lines.entries()) rows.push(lineRow(line, facts.lines.length > 1 ? ` ${at + 1}` : "", speaker));
  if (facts.pages > 1) rows.push([label("page"), label("page_of", facts)]);
  return rows;
}

function itemRow(item, number, speaker) {
  const unit = speaker.words.units[item.unit] ? ` ${speaker.words.units[item.unit]}` : "";
  const appendix = item.appendix ? `${speaker.label("appendix")} ${item.appendix}` : speaker.label("not_listed");
  return [speaker.label("specimens") + number, make("b", { class: "n" }, speaker.numbers.format(item.quantity)),
    `${unit} ${speaker.named("terms", item.term)}, `, make("span", { class: "taxon" }, item.taxon), " ",
    make("span", { class: `app ${(item.appendix ?? "").toLowerCase()}` }, appendix)];
}

function lineRow(line, number, speaker) {
  const unit = speaker.words.units[line.unit] ? ` ${speaker.words.units[line.unit]}` : "";
  const origin = speaker.label("origin", { country: speaker.named("countries", line.origin) });
  const source = [...line.source].map((code) => `${code} · ${speaker.named("sources", code)}`).join(" · ");
  return [speaker.label("specimens") + number, make("b", { class: "n" }, speaker.numbers.format(line.quantity)),
    `${unit} ${speaker.named("terms", line.term)}, `, make("span", { class: "taxon" }, line.taxon), " ",
    make("span", { class: `app ${line.appendix.toLowerCase()}` }, `${speaker.label("appendix")} ${line.appendix}`), make("br"),
    make("span", { class: "small quiet" }, `${source} · ${origin}`),
    ...(line.marks ? [make("br"), make("span", { class: "small" }, line.marks.join(", "))] : [])];
}

function checkRows(verdict, speaker) {
  const label = (name, values) => speaker.label(name, values);
  const tag = (tone, text) => make("span", { class: `tag ${tone}` }, text);
  const [word, tone] = speaker.words.states[verdict.state] ?? [verdict.state, "off"];
  return [[label("signature"), genuine(verdict, label, tag)],
    [label("state"), tag(tone, word)], [label("status_list"), age(verdict, speaker, tag)]];
}

function genuine(verdict, label, tag) {
  if (verdict.genuine) return tag("ok", label("genuine"));
  return verdict.answer === "hold" ? tag("hold", label("not_proven")) : tag("no", label("not_genuine"));
}

// Green within its quarter of an hour, amber after that, red when too old to rely on.
function age(verdict, speaker, tag) {
  if (verdict.lists_as_of === null) return tag("hold", speaker.label("none"));
  const minutes = Math.floor(verdict.age / 60);
  const tone = verdict.reasons.some((why) => why.code === "status-expired") ? "no" : minutes < 15 ? "ok" : "hold";
  const told = minutes < 1 ? speaker.label("fresh") : speaker.label("minutes", { minutes: speaker.numbers.format(minutes) });
  return make("span", {}, tag(tone, told), ` ${speaker.when(Date.parse(verdict.lists_as_of) / 1000)}`);
}
