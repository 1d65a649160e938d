import { createServer } from "node:http";
import { describe, expect, it } from "@jest/globals";
import { waitOf } from "../../bench/cost/recorder.ts";
import { type Exchange, tap } from "../../bench/cost/tap.ts";
import { listenOnLoopback, readBody } from "../../local/kit/http.ts";
import { WAIT_MS } from "../../scripts/cost/assumptions.ts";

describe("what a function waits for", () => {
  const wait = (service: keyof typeof WAIT_MS, startMs: number, endMs: number) => ({ service, startMs, endMs });

  it("adds up requests one after another", () => {
    expect(waitOf([wait("dynamodb", 0, 1), wait("live", 2, 3)])).toBe(WAIT_MS.dynamodb + WAIT_MS.live);
  });

  it("is the slowest of those that overlap, in whichever order they were noted", () => {
    const overlapping = [wait("dynamodb", 5, 6), wait("dynamodb", 0, 2), wait("live", 1, 3), wait("sqs", 2.5, 4)];
    expect(waitOf(overlapping)).toBe(WAIT_MS.live + WAIT_MS.dynamodb);
  });

  it("is nothing without a request", () => {
    expect(waitOf([])).toBe(0);
  });
});

it("reads along a request and its response, and holds the end of the response until it is counted", async () => {
  const server = createServer(async (request, response) => {
    response.write("you said ");
    response.end(`${await readBody(request, 1_000)}`);
  });
  const { url, close } = await listenOnLoopback(server);
  const seen: Exchange[] = [];
  let isCounted = false;
  const stop = tap(
    () => {},
    async (exchange) => {
      seen.push(exchange);
      await new Promise(setImmediate);
      isCounted = true;
    },
  );
  try {
    const answer = await fetch(url, { method: "POST", body: "hello" });
    expect(await answer.text()).toBe("you said hello");
    expect(isCounted).toBe(true);
    expect(seen.map(({ requestBody, responseBody, status }) => [`${requestBody}`, `${responseBody}`, status])).toEqual([
      ["hello", "you said hello", 200],
    ]);
  } finally {
    stop();
    await close();
  }
});
