/**
 * Light and dark.
 *
 * @module
 */

const NAME = "cortado-theme";

/** Lets a list choose between light, dark, and what the system says; what is chosen is kept. */
export function setUpTheme(list: HTMLSelectElement, changed: () => void): void {
  const apply = () => {
    document.documentElement.dataset["theme"] = list.value;
    changed();
  };
  const kept = localStorage.getItem(NAME);
  if (kept !== null && [...list.options].some(({ value }) => value === kept)) list.value = kept;
  list.addEventListener("change", () => {
    localStorage.setItem(NAME, list.value);
    apply();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
  apply();
}
