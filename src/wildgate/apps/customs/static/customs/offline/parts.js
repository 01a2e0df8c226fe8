// What all modules of the page use: an element, a sentence in the page's language, a new element.

export const $ = (id) => document.getElementById(id);

const say = JSON.parse($("offline-words").textContent);
export const fill = (name, values = {}) => say[name].replace(/%\((\w+)\)s/g, (_, key) => values[key] ?? "");

export const make = (tag, attributes, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
};
