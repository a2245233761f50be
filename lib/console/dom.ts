/**
 * Elements of the page. Text is only ever set as text: nothing that a client has sent is taken for HTML.
 *
 * @module
 */

/** What an element is made with: attributes, and under `on` what is done when something happens to it. */
export interface Attributes {
  readonly on?: {
    readonly [type in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[type]) => void;
  };
  readonly [name: string]: string | number | boolean | undefined | Attributes["on"];
}

/** Makes an element; an attribute that is `false` or `undefined` is left out. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  { on = {}, ...attributes }: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    made.setAttribute(attribute, value === true ? "" : String(value));
  }
  for (const [type, listener] of Object.entries(on)) {
    // The type of the event is the one that its name stands for.
    made.addEventListener(type, listener as EventListener);
  }
  made.append(...children);
  return made;
}

/** A control with its label before it. */
export function labelled(
  text: string,
  control: HTMLElement,
  attributes: Attributes = {},
): HTMLLabelElement {
  return element("label", { class: "field", ...attributes }, element("span", {}, text), control);
}

/** A button that does something. */
export function button(
  text: string,
  click: () => void,
  attributes: Attributes = {},
): HTMLButtonElement {
  return element("button", { type: "button", ...attributes, on: { click } }, text);
}

/** A list to choose from, each option with its value and its text. */
export function choice(
  options: readonly (readonly [value: string, text: string])[],
  change: () => void,
  attributes: Attributes = {},
): HTMLSelectElement {
  const made = options.map(([value, text]) => element("option", { value }, text));
  return element("select", { ...attributes, on: { change } }, ...made);
}

/** Sets the text of an element, unless it has it already: what is selected in it stays. */
export function say(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

/** The element of the page's own HTML that has an id. */
export function byId<Name extends keyof HTMLElementTagNameMap>(
  _name: Name,
  id: string,
): HTMLElementTagNameMap[Name] {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`There is no #${id} in the page`);
  return found as HTMLElementTagNameMap[Name];
}
