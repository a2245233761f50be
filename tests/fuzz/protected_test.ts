import { testFamily } from "./families.ts";

testFamily("protected", "CAFE that are signed, encrypted or compressed", 7);
