/** Posts reports: each is signed once, and the same bytes are posted again after a 429, a 5xx or no answer. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Stream } from "../../lib/core/stream.ts";
import { postReport, type SignedReport, signReport } from "../demo/send-report.ts";
import { SOURCE } from "../demo/world.ts";
import type { Post } from "./evidence.ts";

const MAX_TRIES = 7;
const FIRST_WAIT_MS = 400;

export interface ReportPlan {
  readonly id: string;
  readonly stream: Stream;
  readonly category: string;
  readonly score?: number;
  /** Time from the harm to the first post. */
  readonly ageMs: number;
}

/** The name of a key of the source, and the key itself: `whsec_…`. */
export interface SigningKey {
  readonly name: string;
  readonly secret: string;
}

type Signed = Pick<Post, "id" | "stream" | "signedWith"> & { readonly signed: SignedReport };

export function createSenders(gatewayUrl: string) {
  const posts: Post[] = [];
  const signedById = new Map<string, Signed>();

  function sign({ id, stream, category, score, ageMs }: ReportPlan, { name, secret }: SigningKey): Signed {
    const occurredAt = new Date(Date.now() - ageMs).toISOString();
    const payload = { occurredAt, stream, category, ...(score !== undefined && { score }) };
    const made = { id, stream, signedWith: name, signed: signReport(payload, secret, { id }) };
    signedById.set(id, made);
    return made;
  }

  async function postOnce({ signed, ...report }: Signed, copy: string): Promise<Post> {
    const signature = signed.headers["webhook-signature"] ?? "";
    const at = new Date().toISOString();
    const post: Post = { at, ...report, copy, signature, body: signed.body, status: null, text: "" };
    posts.push(post);
    const answer = await postReport(gatewayUrl, SOURCE, signed).catch(() => undefined);
    const { status = null, text = "" } = answer ?? {};
    return Object.assign(post, { status, text, answeredAt: new Date().toISOString() });
  }

  async function untilAnswered(report: Signed, copy: string): Promise<void> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const { status } = await postOnce(report, tries === 0 ? copy : "retried");
      if (status !== null && status < 500 && status !== 429) return;
      await sleep(FIRST_WAIT_MS * 2 ** tries);
    }
  }

  return {
    /** Signs the report the first time, and posts it until it is accepted or refused, or all tries are used. */
    post: (report: ReportPlan, key: SigningKey, copy: string): Promise<void> =>
      untilAnswered(signedById.get(report.id) ?? sign(report, key), copy),
    /** Posts the report of this id again, with the same bytes. */
    async postAgain(id: string, copy: string): Promise<void> {
      const known = signedById.get(id);
      if (known) await untilAnswered(known, copy);
    },
    has: (id: string): boolean => signedById.has(id),
    posts,
  };
}
