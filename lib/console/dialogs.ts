/**
 * Questions to who looks.
 *
 * @module
 */

import { button, element, labelled } from "./dom.ts";

/** Asks whether something is to be done. */
export function confirmed(question: string, deed: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const answer = (value: boolean) => () => {
    resolve(value);
    dialog.close();
  };
  const cancel = button("Cancel", answer(false), { autofocus: true });
  const dialog = element(
    "dialog",
    { "aria-label": deed },
    element("p", {}, question),
    element("div", { class: "actions" }, cancel, button(deed, answer(true), { class: "danger" })),
  );
  open(dialog, () => resolve(false));
  return promise;
}

/** Asks for the token; nothing when it is not given. */
export function askToken(why: string): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const token = element("input", {
    type: "password",
    autocomplete: "current-password",
    required: true,
    autofocus: true,
  });
  const form = element(
    "form",
    {
      on: {
        submit(event) {
          event.preventDefault();
          resolve(token.value);
          dialog.close();
        },
      },
    },
    element("h2", {}, "Token"),
    element("p", {}, why),
    labelled("Token of --admin-token", token),
    element("div", { class: "actions" }, element("button", { class: "primary" }, "Continue")),
  );
  const dialog = element("dialog", { "aria-label": "Token" }, form);
  open(dialog, () => resolve(undefined));
  return promise;
}

function open(dialog: HTMLDialogElement, closed: () => void): void {
  dialog.addEventListener("close", () => {
    closed();
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
}
