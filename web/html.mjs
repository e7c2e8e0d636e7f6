// Plain HTML made by scripts.

/**
 * A new element.
 * @param {string} tag
 * @param {string} className  may be empty
 * @param {string} text       may be empty
 * @param {Element | null} parent  that it is appended to
 */
export function element(tag, className, text, parent) {
  const e = document.createElement(tag);
  if (className) e.className = className;
  if (text) e.textContent = text;
  parent?.append(e);
  return e;
}
