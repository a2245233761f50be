/**
 * Logging in.
 *
 * @module
 */

import type { Visit } from "./answers.ts";
import { ApiError, ask, remember } from "./api.ts";
import { element, labelled, say } from "./dom.ts";

/** A form for a name and a password, in the place of a view that takes them. */
export function loginForm({ wanted, user }: Visit, why: string, entered: () => void): HTMLElement {
  const name = element("input", { autocomplete: "username", required: true });
  const password = element("input", {
    type: "password",
    autocomplete: "current-password",
    required: true,
  });
  const enter = element("button", { class: "primary" }, "Log in");
  const status = element("p", { role: "alert", class: "error" });
  const submit = async (event: Event) => {
    event.preventDefault();
    enter.disabled = true;
    say(status, "");
    try {
      const body = { user: name.value, password: password.value };
      const { visit } = await ask<{ readonly visit: string }>("POST", "visit", body);
      remember("visit", visit);
      entered();
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause;
      say(status, cause.message);
      password.value = "";
      password.focus();
    } finally {
      enter.disabled = false;
    }
  };
  const isUser = wanted === "user";
  if (!isUser) name.required = false;
  return element(
    "form",
    { class: "panel login", on: { submit: (event) => void submit(event) } },
    element("h2", {}, "Log in"),
    element("p", {}, user === undefined ? why : `${why} You are ${user} now.`),
    ...isUser ? [labelled("Name", name)] : [],
    labelled("Password", password),
    status,
    element("div", { class: "actions" }, enter),
  );
}
