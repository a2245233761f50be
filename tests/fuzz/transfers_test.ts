import { testFamily } from "./families.ts";

testFamily(
  "transfers",
  "values in parts, by clients that keep to their window and that do not",
  3,
  {
    done: 0.2, // Parts are not answered.
    errors: 0.03,
  },
);
