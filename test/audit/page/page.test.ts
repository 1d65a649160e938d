import { createHash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  countTimeToOff,
  figuresSchema,
  MAX_REASONS,
  noTimes,
  topReasons,
  withinSeconds,
} from "../../../lib/archive/figures.ts";
import type { LedgerEvent } from "../../../lib/archive/line-schemas.ts";
import { manifestSchema } from "../../../lib/archive/manifest.ts";
import { ticks } from "../../../lib/audit/page/chart.ts";
import { html, name } from "../../../lib/audit/page/html.ts";
import {
  historyPoint,
  MAX_LIST_CHARACTERS,
  MAX_LISTED,
  MAX_POINTS,
  type PageModel,
} from "../../../lib/audit/page/model.ts";
import { reportPage } from "../../../lib/audit/page/page.ts";
import { pointsOf, reasonSeries } from "../../../lib/audit/page/series.ts";
import { escapeInvisible } from "../../../lib/core/escape-invisible.ts";
import { DARK, LIGHT } from "../../../lib/core/palette.ts";
import { HOUR_MS, toSecondsUtc } from "../../../lib/core/time.ts";
import { HOSTILE_TEXTS, OBEYED } from "../../support/hostile-names.ts";
import { bareModel, disabledOnPage, domainOnPage, everyDrift, pageModel, SLOT } from "../../support/page-model.ts";
import "../../support/runs.ts";

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
/** What a browser makes of an element without scripts in it: its text. */
const textOf = (markup: string): string =>
  markup.replace(/<[^>]*>/g, "").replace(/&(amp|lt|gt|quot|#39);/g, (_, entity: string) => ENTITIES[entity] ?? "");
const readBack = (shown: string): string =>
  shown.replace(/\\(\\|u\{([0-9a-f]+)\})/g, (_, all: string, hex?: string) =>
    all === "\\" ? "\\" : String.fromCodePoint(Number.parseInt(hex ?? "", 16)),
  );

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({
    unit: fc.constantFrom("\ud800", "\udc00", "\\", "u", "{", "}", "<", "&", "\u202e", "\u00a0", "\u3164", " "),
  }),
  fc.constantFrom(...HOSTILE_TEXTS.map((each) => each.name)),
);

describe("a name that somebody else chose", () => {
  it("is text whatever it holds, and can be read back from what is shown", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const markup = name(text).source;
        expect(
          markup.match(/<[^>]*>/g)?.filter((tag) => !/^<(\/bdi|\/span|bdi class="name"|span class="esc")>$/.test(tag)),
        ).toEqual([]);
        expect(textOf(markup)).toBe(escapeInvisible(text));
        expect(escapeInvisible(text)).not.toMatch(OBEYED);
        expect(readBack(escapeInvisible(text))).toBe(text);
      }),
    );
  });

  it("stays within a quoted attribute, and what the template made is not escaped again", () => {
    expect(html`<a title="${'"><b>\u0000'}">${html`<i>${1}</i>`}</a>`.source).toBe(
      '<a title="&quot;&gt;&lt;b&gt;\\u{0}"><i>1</i></a>',
    );
  });

  it("is text wherever the page has it: no character that anything would obey, and no element of theirs", () => {
    const tagsOf = (page: string) => new Set(page.match(/<[a-z!][^\s>]*/gi));
    const hostile = HOSTILE_TEXTS.map(({ name: text }) => text);
    const page = reportPage(hostileModel(hostile));
    expect(OBEYED.exec(page.replaceAll("\n", ""))).toBeNull();
    expect(tagsOf(page)).toEqual(tagsOf(reportPage(hostileModel(hostile.map((_, i) => `plain-${i}`)))));
  });
});

/** Everywhere that the page has somebody else's words. */
function hostileModel(names: readonly string[]): PageModel {
  const first = names[0] ?? "";
  return pageModel({
    ...{ policy: first, build: first, keyId: first, previous: { number: 1, sha256: first, slot: first } },
    domains: names.map((text, i) => ({ ...domainOnPage(text, 1), object: text, error: text, complete: i > 0 })),
    disabled: names.map((text) => ({
      ...{ domain: text, app: text, stream: text, resumeTime: text },
      order: { placedAt: text, reason: text, by: text },
    })),
    figures: { ...topReasons(new Map(names.map((text) => [text, 1]))), timeToOff: [1, 0, 0, 0, 0, 0, 0, 0, 0] },
    findings: {
      ...{ object: first, diff: { disabled: names.length, enabled: 0, changed: 0 }, unasked: 1 },
      drift: { missing: names.length, unexpected: 0, expiring: 0, "wrong-resume-time": 0, outlived: 0 },
      listed: (["missing", "disabled"] as const).flatMap((kind) =>
        names.map((text) => ({
          kind,
          domain: text,
          app: text,
          stream: text,
          listed: text,
          expected: text,
          note: text,
        })),
      ),
    },
    ledgerUntil: first,
    done: {
      ...{ object: first, from: first, until: first, total: names.length },
      entries: names.map((text, i) => ({
        ...{ action: text, orders: 1, first: text, last: text, until: [text, text], by: text, approvedBy: text },
        ...(i % 2 === 0 ? { source: text, policy: text } : { orderId: text, undoes: text }),
        ...{ reasons: [text], moreReasons: true, outcomes: [[text, 1] as const], undone: { by: text } },
        stream: { domain: text, app: text, stream: text },
      })),
    },
    lacks: [{ part: "drift", error: first }],
    history: [
      {
        kind: "audit",
        slot: SLOT.toISOString().replace("T14", "T13"),
        scheduled: true,
        domains: names.map((domain) => ({ domain, count: 1, complete: true })),
      },
    ],
  });
}

describe("the page", () => {
  it("is the same for the same audit, and allows itself nothing but its own style", () => {
    const page = reportPage(pageModel());
    expect(reportPage(pageModel())).toBe(page);
    const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? "";
    const policy = textOf(/Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? "");
    const hash = createHash("sha256").update(style).digest("base64");
    expect(policy).toBe(`default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`);
    const tags = page.match(/<[^>]*>/g) ?? [];
    const unwanted = /^<(script|link|img|iframe|object|embed|form|base)\b|\s(on\w+|style|src)=/i;
    expect(tags.filter((tag) => unwanted.test(tag))).toEqual([]);
    expect(style).not.toMatch(/url\(|@import|<\//);
    expect(
      [...page.matchAll(/href="([^"]*)"/g)].map(([, href]) => href).filter((href) => !href?.startsWith("#")),
    ).toEqual([]);
  });

  it.each([
    ["an ordinary audit", pageModel()],
    ["an audit that could compare nothing", bareModel()],
    ["one with every kind of drift", pageModel({ findings: everyDrift(3) })],
  ])("of %s has its headings in order, one name a thing, and all links lead somewhere", (_, model) => {
    const page = reportPage(model);
    const levels = [...page.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
    expect(levels[0]).toBe(1);
    for (const [i, level] of levels.entries()) expect(level).toBeLessThanOrEqual((levels[i - 1] ?? 0) + 1);
    const ids = [...page.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const wanted = [...page.matchAll(/(?:href="#|aria-labelledby=")([^"]*)"/g)].flatMap(([, names = ""]) =>
      names.split(" "),
    );
    expect(wanted.filter((id) => !ids.includes(id))).toEqual([]);
    expect(page.match(/.{30}(NaN|undefined|Infinity|\[object)/)).toBeNull();
  });

  it("says what it could not compare, and calls nothing good that nobody knows", () => {
    const page = textOf(reportPage(bareModel()));
    expect(page).toContain("1 of 3 lists could not be read completely: push.example.com.");
    expect(page).toContain("Live's lists were not compared with the ledger.");
    expect(page).toContain("The ledger could not be read in this audit");
    expect(page).not.toContain("not by offair");
    const { findings } = pageModel();
    const asked = {
      ...findings,
      object: "findings",
      listed: [],
      unasked: 4,
      drift: { missing: 0, unexpected: 0, expiring: 0, "wrong-resume-time": 0, outlived: 0 },
    };
    expect(textOf(reportPage(pageModel({ findings: asked })))).toContain(
      "No drift was found. 4 suspects could not be checked.",
    );
  });

  it("has three answers to who disabled a stream", () => {
    const disabled = [disabledOnPage("ours", 0), disabledOnPage("theirs", 18), disabledOnPage("new", 37)];
    const answers = (change: Partial<PageModel>) => {
      const page = reportPage(pageModel({ disabled, ...change })).split('aria-labelledby="disabled"')[1] ?? "";
      return [...(page.split("</section>")[0] ?? "").matchAll(/<tr>.*?<\/tr>/gs)].slice(1).map(([row]) =>
        textOf(
          row
            .split("<td")
            .at(-1)
            ?.replace(/^[^>]*>/, "") ?? "",
        ).trim(),
      );
    };
    expect(answers({})).toEqual([
      "rule severe",
      "not by offair",
      "too recent to attribute: ledger known until 2026-11-21 13:55",
    ]);
    const { ledgerUntil: _, ...without } = pageModel({ disabled });
    expect(textOf(reportPage(without))).toContain("unknown: the ledger could not be read");
  });

  it("does not say of older hours that streams were not by offair: their figures did not distinguish them", () => {
    const { history } = pageModel();
    const old = { reasons: [{ reason: "not by offair", count: 3 }], otherReasons: 0, timeToOff: noTimes() };
    const points = pointsOf(
      pageModel({ history: history.slice(-1).map((point) => ({ ...point, figures: old }) as typeof point) }),
    );
    const series = reasonSeries(points, ["rule severe"]);
    expect(series.find(({ name: title }) => title.includes("not by offair"))?.values).toEqual([undefined, 1]);
    expect(series.find(({ name: title }) => title === "All other reasons")?.values[0]).toBe(0);
  });

  it("has an incident that was over before the list was read: in the table of days, in the charts and their descriptions", () => {
    const page = reportPage(pageModel());
    const [row = ""] = /<tr><th scope="row"><time datetime="2026-11-20">.*?<\/tr>/s.exec(page) ?? [];
    expect(
      row
        .split("<td")
        .slice(1, 5)
        .map((cell) => textOf(`<td${cell}`)),
    ).toEqual(["76", "113", "305", "79"]);
    expect(page).toContain("By offair&#39;s orders, between the lists: at most 305 on 2026-11-20 07:12.");
    expect(textOf(page)).toContain("105 (before: 305)");
    expect(page).toMatch(/<rect class="range" [^>]*height="(?:[5-9]\d|1\d\d)/);
  });

  it("names in what was done each batch and rule, with who approved it, until when, and whether it was undone", () => {
    const page = reportPage(pageModel());
    const section = (page.split('aria-labelledby="done"')[1] ?? "").split("</section>")[0] ?? "";
    expect(textOf(section)).toContain("What happened later, such as an undo, is not known here");
    const rows = [...section.matchAll(/<tr><th scope="row".*?<\/tr>/gs)].map(([row]) =>
      row
        .split(/<\/t[hd]>/)
        .slice(0, -1)
        .map(textOf),
    );
    expect(rows[0]).toEqual([
      ...["13:06:11 to 13:06:12", "disable", "200", "2026-11-22 13:06"],
      "arn:aws:iam::123456789012:user/maria, op-0b9ec5d2-7c1a-4f53-9d54-6a1c0e8f7a10",
      ...[
        "arn:aws:iam::123456789012:user/li",
        "verified 198, failed 2",
        "by op-5f2d8a31",
        "INC-881: a raid of one app",
      ],
    ]);
    expect(rows[3]?.slice(5)).toEqual([
      "nobody: break-glass",
      "verified 1",
      "no",
      "abc\\u{202e}gpj.exe, on push.example.com/live/<img src=x onerror=alert(1)>",
    ]);
    const more = pageModel();
    const done = more.done && { ...more.done, total: 10_000 };
    expect(textOf(reportPage({ ...more, ...(done && { done }) }))).toContain(
      "The first 4 of 10,000 are shown. The other 9,996 are in events/dt=2026-11-21/140000Z.ndjson.gz",
    );
  });

  it("has the reviews by source: decided in time and late, not yet due, missed, and since when the oldest waits", () => {
    const section = (of: PageModel) =>
      (reportPage(of).split('aria-labelledby="reviews"')[1] ?? "").split("</section>")[0] ?? "";
    const rowsOf = (of: PageModel) =>
      [...section(of).matchAll(/<tr><th scope="row".*?<\/tr>/gs)].map(([row]) =>
        row
          .split(/<\/t[hd]>/)
          .slice(0, -1)
          .map(textOf),
      );
    const rows = rowsOf(pageModel());
    expect(rows.slice(0, 5)).toEqual([
      ["All sources", "5", "1", "2", "2", "2026-11-20 23:10"],
      ["own", "3", "1", "1", "1", "2026-11-20 23:10"],
      ["sightengine", "2", "0", "1", "1", "2026-11-21 05:00"],
      ["own#msg_3f1c", "push.example.com/live/room-<i>0417", "2026-11-20 23:10", "2026-11-21 07:10"],
      ["sightengine#abc\\u{202e}gpj.exe", "– (not translated)", "2026-11-21 05:00", "2026-11-21 13:00"],
    ]);
    expect(rows.slice(5).map(([source = ""]) => source)).toEqual(["own", "hive <b>", "sightengine"]);
    expect(textOf(reportPage(pageModel()))).toContain(
      "2 cases wait for a person, and the due time is over; see Reviews.",
    );

    const { reviews: known, ...without } = pageModel();
    expect(textOf(section(without))).toContain("could not be read in this audit");
    const none = { at: "2026-11-21T14:00:09Z", inTime: 0, late: 0, open: 0, missed: 0, sources: [] };
    expect(textOf(section({ ...without, history: [], reviews: { figures: none, missed: [] } }))).toContain(
      "No case was decided, and none waits.",
    );
    const partial = { ...known?.figures, ...none, open: 20_000, missed: 20_000, isPartial: true } as const;
    const many = textOf(section({ ...without, reviews: { figures: partial, missed: known?.missed ?? [] } }));
    expect(many).toContain("Missed and still open: at least 20,000 cases");
    expect(many).toContain("The others are in the ledger: offair review lists them.");
  });

  it("draws no line over a slot that says nothing", () => {
    const [before, silent, after] = [3, 2, 1].map((hours) => toSecondsUtc(new Date(SLOT.getTime() - hours * HOUR_MS)));
    const audited = (slot = "", complete = true) => ({
      ...{ kind: "audit" as const, slot, scheduled: true },
      domains: [{ domain: "push.example.com", count: 40, complete }],
    });
    const linesOf = (middle: PageModel["history"][number]) =>
      /id="total-t"[\s\S]*?<\/svg>/.exec(
        reportPage(pageModel({ history: [audited(before), middle, audited(after)] })),
      )?.[0];
    const lines = (svg = "") => [
      svg.match(/class="line"/g)?.length,
      svg.match(/class="dot"/g)?.length ?? 0,
      svg.match(/class="gap"/g)?.length ?? 0,
    ];
    expect(lines(linesOf(audited(silent)))).toEqual([1, 0, 0]);
    expect(lines(linesOf({ kind: "missed", slot: silent ?? "" }))).toEqual([1, 1, 1]);
    expect(lines(linesOf(audited(silent, false)))).toEqual([1, 1, 1]);
  });

  it("counts reasons of complete lists only, and never calls what it did not see none", () => {
    const nothing = { ...topReasons(new Map()), timeToOff: noTimes() };
    const { domains } = pageModel();
    const [first, ...others] = domains;
    const partial = [{ ...(first ?? domainOnPage("push.example.com", 3)), complete: false }, ...others];
    expect(textOf(reportPage(pageModel({ domains: partial, figures: nothing })))).not.toContain(
      "No stream is disabled.",
    );
    const severe = ({ domains }: Pick<PageModel, "domains">) =>
      reasonSeries(pointsOf(pageModel({ domains, history: [] })), ["rule severe"])[0]?.values;
    expect(severe({ domains })).toEqual([41]);
    expect(severe({ domains: partial })).toEqual([undefined]);
  });

  it("says of how many domains it draws the lines", () => {
    const domains = [...new Array(8).keys()].map((i) => domainOnPage(`push-${i}.example.com`, i));
    const told = "have the 6 domains with the most disabled streams";
    expect(reportPage(pageModel({ domains }))).toContain(told);
    expect(reportPage(pageModel({ domains: domains.slice(0, 6) }))).not.toContain(told);
  });

  it("shows the first of many, how many more there are, and where", () => {
    const [count, object] = [100_000, "snapshots/domain=push.example.com/dt=2026-11-21/140000Z.ndjson.gz"];
    const disabled = [...new Array(MAX_LISTED).keys()].map((i) => disabledOnPage(`room-${i}`, i));
    const page = reportPage(pageModel({ domains: [domainOnPage("push.example.com", count)], disabled }));
    expect(textOf(page)).toContain(`The first 5,000 of 100,000 are shown. The other 95,000 are in ${object}.`);
    const drifted = textOf(reportPage(pageModel({ findings: everyDrift(300) })));
    expect(
      drifted.match(/The first 200 of 300 are shown\. The other 100 are in findings\/dt=2026-11-21/g),
    ).toHaveLength(5);
  });

  it("is bounded also where every name is as long as it may be, and the past full of people's audits", () => {
    const disabled = [...new Array(MAX_LISTED).keys()].map(() => disabledOnPage("\u202e".repeat(512)));
    const { history } = pageModel();
    const last = history.slice(-1);
    const page = reportPage(
      pageModel({
        domains: [domainOnPage("push.example.com", MAX_LISTED)],
        disabled,
        history: [...history, ...new Array(20_000).fill(last).flat()],
      }),
    );
    expect(page.length).toBeLessThan(MAX_LIST_CHARACTERS + 2_000_000);
    expect(page.match(/<details>[\s\S]*?<\/details>/)?.[0].match(/<tr>/g)?.length).toBeLessThanOrEqual(MAX_POINTS + 1);
    expect(textOf(page)).toMatch(/The first \d+ of 5,000 are shown/);
  });
});

describe("times to off", () => {
  const report = (closedAt: string, outcome = "verified"): LedgerEvent =>
    JSON.parse(
      JSON.stringify({
        ...{ kind: "report", at: closedAt },
        report: { report: { receivedAt: "2026-11-21T12:59:58.000Z" }, outcome, closedAt },
      }),
    );
  const window = { from: "2026-11-21T12:55:00Z", until: "2026-11-21T13:55:00Z" };

  it("count each report where it ended, and only those that took a stream off", () => {
    const events = [
      report("2026-11-21T12:59:59.000Z"),
      report("2026-11-21T13:00:00.500Z", "accepted"),
      report("2026-11-21T13:40:00.000Z"),
      report("2026-11-21T12:59:59.000Z", "ignored"),
      report("2026-11-21T13:55:00.000Z"),
      {
        kind: "change",
        at: window.from,
        change: { changedAt: window.from, changedBy: "maria", reason: "drill" },
      } as const,
    ];
    const counts = noTimes();
    for (const event of events) countTimeToOff(counts, event, window);
    expect(counts).toEqual([1, 0, 1, 0, 0, 0, 0, 0, 1]);
  });

  it("are told by the bound that a share of them is within", () => {
    const counts = [50, 45, 0, 4, 0, 0, 0, 0, 1];
    expect([0.5, 0.95, 0.99, 1].map((share) => withinSeconds(counts, share))).toEqual([
      1,
      2,
      10,
      Number.POSITIVE_INFINITY,
    ]);
    expect(withinSeconds([0, 0, 0, 0, 0, 0, 0, 0, 0], 0.5)).toBeUndefined();
  });
});

it("a manifest keeps the most frequent reasons, and counts the others", () => {
  const counts = new Map([...new Array(40).keys()].map((i) => [`${"reason".repeat(50)} ${i}\ud83d`, i + 1]));
  const kept = { ...topReasons(new Map([["most", 99], ...counts])), timeToOff: [0, 0, 0, 0, 0, 0, 0, 0, 0] };
  expect(figuresSchema.parse(kept)).toEqual(kept);
  expect(kept.reasons[0]).toEqual({ reason: "most", count: 99 });
  expect(kept.reasons).toHaveLength(MAX_REASONS);
  expect(kept.reasons.reduce((sum, { count }) => sum + count, kept.otherReasons)).toBe(99 + (40 * 41) / 2);
});

it("a link of the chain is a point of the history", () => {
  const entry = manifestSchema.parse({
    ...{
      version: 2,
      number: 7,
      previous: "0".repeat(64),
      slot: "2026-11-21T13:00:00.000Z",
      writtenAt: "2026-11-21T13:00:09.000Z",
    },
    kind: "missed",
  });
  expect(historyPoint(entry)).toEqual({ kind: "missed", slot: "2026-11-21T13:00:00.000Z" });
});

it("an axis has a few whole steps, and reaches the highest", () => {
  fc.assert(
    fc.property(fc.nat(10_000_000), (highest) => {
      const steps = ticks(highest);
      expect(steps.length).toBeGreaterThan(1);
      expect(steps.length).toBeLessThanOrEqual(5);
      expect(steps[0]).toBe(0);
      expect(steps.at(-1)).toBeGreaterThanOrEqual(highest);
      expect(steps.every(Number.isInteger)).toBe(true);
    }),
  );
});

describe.each([
  ["light", LIGHT],
  ["dark", DARK],
])("in %s colours", (_, palette) => {
  /** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
  const luminance = (colour: string): number => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5]
      .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a: string, b: string): number => {
    const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high + 0.05) / (low + 0.05);
  };

  it.each(["text", "muted", "accent", "good", "warn", "bad"] as const)("%s can be read on each ground", (ink) => {
    for (const ground of [palette.page, palette.surface])
      expect(contrast(palette[ink], ground)).toBeGreaterThanOrEqual(4.5);
  });

  it("marks and lines of the charts are seen on what is filled below them", () => {
    for (const ink of ["accent", "bad"] as const)
      expect(contrast(palette[ink], palette.area)).toBeGreaterThanOrEqual(3);
  });
});
