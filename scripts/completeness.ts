/**
 * Measures how reliable a complete snapshot is, with simulated lists that change while they are read.
 * `node scripts/completeness.ts --runs 500 --seed 1` prints the tables of docs/completeness.md; the same seed gives the same numbers.
 */
import { parseArgs } from "node:util";
import { type DisabledPage, type Listing, listDomain } from "../lib/audit/listing/list-disabled.ts";
import type { RowChange } from "../lib/audit/listing/seen-rows.ts";
import { type Stream, streamKey } from "../lib/core/stream.ts";
import { SECOND_MS } from "../lib/core/time.ts";
import { createLiveClient } from "../lib/huawei/api/live-client.ts";
import { readAnswer } from "../lib/huawei/api/parse-response.ts";
import type { Send } from "../lib/huawei/api/send.ts";
import { readNumber, run } from "../local/kit/arguments.ts";
import { createRandom } from "../local/kit/random.ts";
import { SWITCHES, settingsSchema } from "../local/live/settings.ts";
import { createWorld } from "../local/live/world.ts";

const DOMAIN = "push.example.com";
const TOKEN = "token-of-the-auditor";
const START_MS = Date.parse("2026-11-21T12:00:00Z");
/** How long a page takes, in simulated time. */
const PAGE_MS = SECOND_MS;

const SETTINGS = SWITCHES.total.flatMap((total) =>
  SWITCHES.order.flatMap((order) => SWITCHES.pagePastEnd.map((pagePastEnd) => ({ total, order, pagePastEnd }))),
);
/** The average number of changes per page, and the share of them that are in the ledger. */
const CHANGES_A_PAGE = [0, 0.05, 0.3, 1, 3];
const OURS = [1, 0.9, 0.5, 0];
/** The share of the initial rows that expire within the next minute. */
const EXPIRING = [0, 0.01, 0.1];
const FAILING = [0, 0.02, 0.1];
const FAULTS = [
  { kind: "status", status: 503 },
  { kind: "status", status: 429, code: "APIGW.0308" },
  { kind: "status", status: 502 },
] as const;

export interface Play {
  readonly setting: (typeof SETTINGS)[number];
  readonly changes: number;
  readonly listing: Pick<Listing, "complete" | "because" | "explained">;
  readonly rows: number;
  /** Changes during the listing. */
  readonly changed: number;
  /** Rows of the snapshot that Live never returned with this resume time. */
  readonly neverListed: number;
  /** Streams that were disabled during the whole listing. */
  readonly offThroughout: number;
  /** Those of them that are missing in the snapshot. */
  readonly missed: number;
  /** Those of them that are missing in the first complete listing pass. */
  readonly missedByOnePass: number;
}

/** Lists one simulated domain; all chance comes from the seed. Eight consecutive seeds cover all combinations of switches. */
export async function play(seed: number): Promise<Play> {
  const random = createRandom(seed * 2_654_435_761);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const setting = SETTINGS[seed % SETTINGS.length] as (typeof SETTINGS)[number];
  const [changes, ours, expiring, failing] = [pick(CHANGES_A_PAGE), pick(OURS), pick(EXPIRING), pick(FAILING)];

  let nowMs = START_MS;
  const now = () => new Date(nowMs);
  const world = createWorld(
    settingsSchema.parse({
      ...{ seed, switches: setting, ingestDomains: [DOMAIN] },
      ...{ quotas: { readBlocks: 1_000_000 }, ceilings: { readBlocks: 1_000_000 } },
      tokens: [{ token: TOKEN, name: "auditor", actions: ["*"] }],
    }),
    now,
  );
  if (failing > 0) world.faults.add({ ...pick(FAULTS), probability: failing });

  const off = new Map<string, Stream & { resume_time: string | null }>();
  const offThroughout = new Set<string>();
  const journal: { kind: RowChange["kind"]; key: string; atMs: number; isOurs: boolean }[] = [];
  const listed = new Set<string>();
  let firstPass: ReadonlySet<string> | undefined;

  const inSeconds = (seconds: number) => `${new Date(nowMs + seconds * SECOND_MS).toISOString().slice(0, 19)}Z`;
  const newStream = (): Stream => {
    return { domain: DOMAIN, app: "live", stream: `room-${Math.floor(random() * 2 ** 32).toString(36)}` };
  };
  function disable(stream: Stream, resume_time: string | null): void {
    off.set(streamKey(stream), { ...stream, resume_time });
    world.addDisabled([{ ...stream, resume_time }]);
  }

  function change(): void {
    const isOurs = random() < ours;
    const kind = pick(["came", "came", "gone", "gone", "changed"] as const);
    const stream = kind === "came" ? newStream() : pick([...off.values()]);
    if (!stream) return;
    const key = streamKey(stream);
    if (kind === "gone") {
      off.delete(key);
      offThroughout.delete(key);
      world.removeDisabled(stream);
    } else {
      disable(stream, inSeconds(86_400 + Math.floor(random() * 1_000)));
    }
    journal.push({ kind, key, atMs: nowMs, isOurs });
  }
  function expire(): void {
    for (const [key, { resume_time }] of off) {
      if (resume_time === null || Date.parse(resume_time) > nowMs) continue;
      off.delete(key);
      offThroughout.delete(key);
    }
  }
  /** Advances the time to the next page. */
  function timePasses(): void {
    const until = nowMs + PAGE_MS;
    for (let left = changes; left > 0; left -= 1) {
      nowMs += Math.floor(PAGE_MS / 8);
      expire();
      if (random() < left) change();
    }
    nowMs = Math.max(nowMs, until);
    expire();
  }

  const initial = Math.floor(random() ** 2 * 1_200);
  for (let i = 0; i < initial; i++) {
    const seconds = random() < expiring ? 1 + Math.floor(random() * 60) : 86_400;
    disable(newStream(), random() < 0.1 ? null : inSeconds(seconds));
  }
  for (const key of off.keys()) offThroughout.add(key);

  /** Like `createSend`, but without a connection and a signature. */
  const send: Send = async ({ method, path, query = [] }) => {
    const label = { method, path };
    const target = `/v1/${world.settings().projectId}${path}?${new URLSearchParams(query.map(([name, value]): [string, string] => [name, value]))}`;
    const headers = [["x-auth-token", TOKEN]] as const;
    const struck = world.faults.strike({ method, path: path.slice(1) }).at(-1);
    const { status, body } =
      struck?.kind === "status"
        ? { status: struck.status, body: { error_code: struck.code, error_msg: struck.msg } }
        : world.handle({ method, target, headers, body: Buffer.alloc(0) }, false).answer;
    const bytes = Buffer.from(JSON.stringify(body));
    const answer = readAnswer(label, { kind: "answered", status, headers: {}, body: bytes }, []);
    timePasses();
    if ("error" in answer) throw answer.error;
    return answer;
  };
  const live = createLiveClient(send);

  async function* listDisabled(domain: string, size: number): AsyncGenerator<DisabledPage> {
    const pass = new Set<string>();
    for await (const page of live.listDisabled(domain, { size })) {
      for (const row of page.rows) {
        listed.add(JSON.stringify([streamKey(row), row.resumeTime]));
        pass.add(streamKey(row));
      }
      yield page;
    }
    firstPass ??= pass;
  }
  const listing = await listDomain(DOMAIN, {
    ...{ listDisabled, now, random, timeIsUp: () => false },
    sleep: async (ms) => {
      nowMs += ms;
      timePasses();
    },
    findDisabled: (stream) => live.findDisabled(stream),
    explains({ kind, row, since, until }) {
      const key = streamKey(row);
      const isBetween = (atMs: number) => atMs >= Date.parse(since) && atMs <= Date.parse(until);
      return journal.some((entry) => entry.isOurs && entry.kind === kind && entry.key === key && isBetween(entry.atMs));
    },
  });
  world.close();

  const { complete, because, explained } = listing;
  const rows = [...listing.rows];
  return {
    ...{ setting, changes, listing: { complete, because, ...(explained && { explained }) }, rows: rows.length },
    ...{ changed: journal.length, offThroughout: offThroughout.size },
    neverListed: rows.filter((row) => !listed.has(JSON.stringify([streamKey(row), row.resumeTime]))).length,
    missed: [...offThroughout].filter((key) => !listing.rows.byKey.has(key)).length,
    missedByOnePass: [...offThroughout].filter((key) => firstPass && !firstPass.has(key)).length,
  };
}

const HEAD = [
  ...["lists", "played", "complete", "two passes agree", "totals agree", "changes explained"],
  ...["streams off throughout", "missed", "missed in a million", "one pass alone misses"],
];

/** A row of the table. Missed streams are counted in complete lists only. */
function line([what, plays]: readonly [string, readonly Play[]]): string {
  const complete = plays.filter(({ listing }) => listing.complete);
  const because = (reason: Listing["because"]) => plays.filter(({ listing }) => listing.because === reason).length;
  const sum = (of: (play: Play) => number) => complete.reduce((total, each) => total + of(each), 0);
  const [off, missed] = [sum(({ offThroughout }) => offThroughout), sum((each) => each.missed)];
  const cells = [
    ...[what, plays.length, complete.length],
    ...[because("two-passes-agree"), because("totals-agree"), because("changes-explained")],
    ...[off, missed, off === 0 ? "–" : Math.round((missed / off) * 1e6), sum((each) => each.missedByOnePass)],
  ];
  return `| ${cells.join(" | ")} |`;
}

/** Formats the results as Markdown. */
export function formatResults(plays: readonly Play[]): string {
  const some = (what: string, wanted: (play: Play) => boolean) => [what, plays.filter(wanted)] as const;
  const lines = [
    some("all", () => true),
    ...SWITCHES.order.flatMap((order) =>
      SWITCHES.total.map((total) =>
        some(
          `order ${order}, total of ${total === "all" ? "all" : "a page"}`,
          ({ setting }) => setting.order === order && setting.total === total,
        ),
      ),
    ),
    ...CHANGES_A_PAGE.map((each) => some(`${each} changes a page`, ({ changes }) => changes === each)),
  ];
  const sum = (of: (play: Play) => number) => plays.reduce((total, each) => total + of(each), 0);
  const explained = (by: "expired" | "ordered" | "moved") => sum(({ listing }) => listing.explained?.[by] ?? 0);
  return [
    `| ${HEAD.join(" | ")} |`,
    `| --- |${" ---: |".repeat(HEAD.length - 1)}`,
    ...lines.map(line),
    "",
    `- Rows that Live had not listed: ${sum(({ neverListed }) => neverListed)} of ${sum(({ rows }) => rows)}.`,
    `- Changes while a list was read: ${sum(({ changed }) => changed)}, and rows that expired.`,
    `- Changes explained: ${explained("ordered")} by an order, ${explained("expired")} had expired, ${explained("moved")} had moved.`,
  ].join("\n");
}

const HELP = `npm run completeness -- [--runs N] [--seed N]
  --runs N   lists to read while they change, 1 to 100000 (default 500)
  --seed N   seed of the first list; each further list has the next one (default 1)`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { runs: { type: "string", default: "500" }, seed: { type: "string", default: "1" } },
  });
  const runs = readNumber("runs", values.runs, 1, 100_000);
  const seed = readNumber("seed", values.seed, 0, 999_999_999);
  const plays: Play[] = [];
  for (let i = 0; i < runs; i++) plays.push(await play(seed + i));
  console.log(formatResults(plays));
  return 0;
}

if (import.meta.main) await run(main, HELP);
