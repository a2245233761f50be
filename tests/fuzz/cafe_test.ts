import { testFamily } from "./families.ts";

testFamily("cafe", "CAFE", 1);
