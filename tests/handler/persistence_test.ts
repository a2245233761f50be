import { Bench } from "./helpers.ts";

Deno.test("COMPACT is refused while nothing is kept on disk", { permissions: "none" }, () => {
  new Bench().assertError(
    { op: "COMPACT" },
    "NOT_DURABLE",
    "Cannot compact: the server keeps nothing on disk (option data)",
  );
});
