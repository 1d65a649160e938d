/** Made-up records of an exercise's evidence. A test changes one of them. */
import type { Stream } from "../../../lib/core/stream.ts";
import type { Call, EvidenceRecords, Item, Post } from "../../../local/exercises/evidence.ts";

export const NO_RECORDS: EvidenceRecords = {
  ...{
    posts: [],
    invocations: [],
    commands: [],
    calls: [],
    pushes: [],
    callbacks: [],
    "live-states": [],
    ledger: [],
    messages: [],
  },
  ...{ happened: [], alerts: [], logs: [], objects: [], reviews: [] },
};

export const room = (stream: string): Stream => ({ domain: "publish.example.huawei.com", app: "live", stream });

const TIME = "2026-11-21T22:00:01.000Z";

export const reportItem = (id: string, stream: Stream, rest: object): Item => ({
  ...{ pk: `REPORT#standard#${id}`, sk: "REPORT", decidedAt: TIME, decision: { action: "disable" } },
  report: { source: "standard", id, receivedAt: TIME, stream },
  ...rest,
});

export const orderItem = (number: number, stream: Stream, rest: object): Item => ({
  ...{ pk: `STREAM#${stream.stream}`, sk: `ORDER#${number}`, number, stream, placedAt: TIME, action: "disable" },
  ...{ authority: { kind: "rule", cause: `standard#${number}` }, attempts: [{ at: TIME, result: "sent" }] },
  ...rest,
});

export const call = (seq: number, method: string, stream: Call["stream"], rest: Partial<Call> = {}): Call => ({
  ...{ seq, time: TIME, user: "worker", ak: "AK", inFlight: 1, method, path: "stream/blocks", stream, status: 204 },
  ...{ error_code: null, requestId: `request-${seq}`, committed: true, ...rest },
});

export const post = (id: string, stream: Stream, rest: Partial<Post> = {}): Post => ({
  ...{ at: TIME, id, copy: "posted", signedWith: "newSource", signature: "v1,", stream, body: "{}" },
  ...{ answeredAt: TIME, status: 202, text: "", ...rest },
});
