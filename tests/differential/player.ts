/** Plays the steps of a sequence to one server. */

import { itemsOf, type RespConnection, type Words } from "./connection.ts";
import { comparable, type Rule, ruleOf } from "./rules.ts";

/** What one connection of a sequence sends. */
export interface Step {
  /** The number of the connection. */
  readonly on: number;
  readonly words: Words;
  /**
   * - scan: the first word is SCAN, and all others but a cursor follow: a whole iteration.
   * - off, skip: with the reply turned off for this request.
   */
  readonly as?: "scan" | "off" | "skip";
}

const SUBSCRIPTIONS: readonly string[] = [
  "SUBSCRIBE",
  "UNSUBSCRIBE",
  "PSUBSCRIBE",
  "PUNSUBSCRIBE",
];

/** Requests that may be sent around one whose reply is turned off. */
const SILENCED: Readonly<Record<"off" | "skip", readonly [Words[], Words[]]>> = {
  off: [[["CLIENT", "REPLY", "OFF"]], [["CLIENT", "REPLY", "ON"]]],
  skip: [[["CLIENT", "REPLY", "SKIP"]], []],
};

/** Asked for after requests whose replies cannot be counted before: its reply ends them. */
const MARK = "differential:mark";

/** The most rounds of an iteration with SCAN. */
const MAX_ROUNDS = 10_000;

/** Whether a request has exactly one reply, whatever the connection did before. */
export function isPlain({ words, as }: Step): boolean {
  const name = words[0]!.toUpperCase();
  return as === undefined && name !== "EXEC" && !SUBSCRIPTIONS.includes(name);
}

/** One connection, and what has to be known of its state to count its replies. */
export class Player implements Disposable {
  readonly #connection: RespConnection;
  #inTransaction = false;
  /** The rules for the replies in the reply to EXEC. */
  #queued: Rule[] = [];

  constructor(connection: RespConnection) {
    this.#connection = connection;
  }

  /** Plays one step that is not plain, or plain steps in one write: what is compared, for each. */
  async play(steps: readonly Step[]): Promise<string[]> {
    const [step] = steps;
    if (step !== undefined && !isPlain(step)) return [await this.#playOther(step)];
    await this.#connection.send(steps.map(({ words }) => words));
    const replies: string[] = [];
    for (const { words } of steps) replies.push(await this.#next(words));
    return replies;
  }

  /** Ends a transaction, and reads what else has come. */
  async finish(): Promise<string> {
    const discarded = this.#inTransaction ? await this.play([{ on: 0, words: ["DISCARD"] }]) : [];
    return [...discarded, ...await this.#marked([])].join("");
  }

  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]();
  }

  async #playOther({ words, as }: Step): Promise<string> {
    const isExec = words[0]!.toUpperCase() === "EXEC" && words.length === 1;
    if (as !== undefined && this.#inTransaction) return "(left out in a transaction)";
    if (as === "scan") return await this.#scan(words);
    if (as !== undefined) {
      const [before, after] = SILENCED[as];
      return (await this.#marked([...before, words, ...after])).join("");
    }
    if (isExec) return await this.#exec(words);
    if (this.#inTransaction || words[0]!.toUpperCase() === "EXEC") {
      await this.#connection.send([words]);
      return await this.#next(words);
    }
    return comparable((await this.#marked([words])).join(""), ruleOf(words));
  }

  /** What is compared of the reply to a request, behind the pushes that came before it. */
  async #next(words: Words): Promise<string> {
    const [pushes, reply] = await this.#read();
    this.#follow(words, reply);
    return pushes + comparable(reply, ruleOf(words));
  }

  async #read(): Promise<[pushes: string, reply: string]> {
    let pushes = "";
    let reply = await this.#connection.read();
    for (; isPush(reply); reply = await this.#connection.read()) pushes += reply;
    return [pushes, reply];
  }

  #follow(words: Words, reply: string): void {
    const name = words[0]!.toUpperCase();
    if (reply === "+QUEUED\r\n") this.#queued.push(ruleOf(words));
    if (name === "MULTI" && reply === "+OK\r\n") this.#inTransaction = true;
    const discarded = name === "DISCARD" && reply === "+OK\r\n";
    if (discarded || reply === "+RESET\r\n" || reply.startsWith("-EXECABORT")) this.#leave();
  }

  #leave(): void {
    this.#inTransaction = false;
    this.#queued = [];
  }

  async #exec(words: Words): Promise<string> {
    const rules = this.#queued;
    this.#leave();
    const replies = await this.#marked([words]);
    return replies.map((reply) => {
      if (isPush(reply) || !/^\*[1-9]/.test(reply)) return reply;
      const items = itemsOf(reply).map((item, i) => comparable(item, rules[i] ?? "exact"));
      return `*${items.length}\r\n${items.join("")}`;
    }).join("");
  }

  /** All that comes for some requests, up to the reply to the mark. */
  async #marked(requests: readonly Words[]): Promise<string[]> {
    await this.#connection.send([...requests, ["PING", MARK]]);
    const replies: string[] = [];
    do {
      replies.push(await this.#connection.read());
    } while (!replies.at(-1)!.includes(MARK) && this.#connection.ended === "");
    return replies;
  }

  /** The keys of a whole iteration, sorted; or the first reply that is no part of one. */
  async #scan([name, ...options]: Words): Promise<string> {
    const keys = new Set<string>();
    let before = "";
    let cursor = "0";
    for (let round = 0; round < MAX_ROUNDS; round++) {
      await this.#connection.send([[name!, cursor, ...options]]);
      const [pushes, reply] = await this.#read();
      before += pushes;
      if (!reply.startsWith("*2\r\n")) return before + reply;
      const [next, page] = itemsOf(reply);
      for (const key of itemsOf(page!)) keys.add(key);
      cursor = next!.split("\r\n")[1]!;
      if (cursor === "0") return before + [...keys].sort().join("");
    }
    return "(endless)";
  }
}

/** Whether it is a push of RESP3, or in RESP2 a message, which no key of a sequence looks like. */
function isPush(reply: string): boolean {
  return /^(>|\*3\r\n\$7\r\nmessage\r\n|\*4\r\n\$8\r\npmessage\r\n)/.test(reply);
}
