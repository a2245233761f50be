import { testFamily } from "./families.ts";

testFamily("resp", "RESP", 1);
