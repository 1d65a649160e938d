/** Those who post: each report is signed once, its bytes are sent again as they are, and an answer of 5xx or none is tried again. */
import { setTimeout as sleep } from "node:timers/promises";
import { postReport, type SignedReport, signReport } from "../../demo/send-report.ts";
import type { Material, Sent } from "./inputs.ts";
import type { ReportPlan, SourceKey } from "./script-types.ts";
import type { DaySecrets } from "./secrets.ts";

const TRIES = 7;
const FIRST_WAIT_MS = 400;

export interface Senders {
  /** Posts until somebody answers with less than 500, or gives up. The first time the report is signed. */
  post(report: ReportPlan, signedWith: SourceKey, copy: string): Promise<void>;
  knows(id: string): boolean;
  /** What was posted under this id, once more as it is. */
  postAgain(id: string, copy: string): Promise<void>;
  readonly sent: Sent[];
  readonly answers: Material["answers"][number][];
  /** Of all that was sent, also by others. */
  nextSeq(): number;
  accepted(): number;
}

interface Posted {
  readonly report: ReportPlan;
  readonly signedWith: SourceKey;
  readonly signed: SignedReport;
}

export function createSenders(gatewayUrl: string, secrets: DaySecrets): Senders {
  const sent: Sent[] = [];
  const answers: Material["answers"][number][] = [];
  const posted = new Map<string, Posted>();
  const accepted = new Set<string>();
  let seq = 0;
  const nextSeq = () => ++seq;

  function sign(report: ReportPlan, signedWith: SourceKey): Posted {
    const known = posted.get(report.id);
    if (known) return known;
    const { id, stream, category, score, ageMs } = report;
    const occurredAt = new Date(Date.now() - ageMs).toISOString();
    const payload = { occurredAt, stream, category, ...(score !== undefined && { score }) };
    const made = { report, signedWith, signed: signReport(payload, secrets[signedWith], { id }) };
    posted.set(id, made);
    return made;
  }

  async function once({ report, signedWith, signed }: Posted, copy: string): Promise<number | null> {
    const number = nextSeq();
    const { id, body, headers } = signed;
    const signature = headers["webhook-signature"] ?? "";
    const { stream } = report;
    const at = new Date().toISOString();
    sent.push({ kind: "report", seq: number, at, id, copy, signedWith, signature, stream, body });
    const answer = await postReport(gatewayUrl, "standard", signed).catch(() => undefined);
    const status = answer?.status ?? null;
    answers.push({ seq: number, at: new Date().toISOString(), status, text: answer?.text ?? "" });
    if (status === 202) accepted.add(id);
    return status;
  }

  async function untilAnswered(what: Posted, copy: string): Promise<void> {
    for (let tries = 0; tries < TRIES; tries++) {
      const status = await once(what, tries === 0 ? copy : "retried");
      if (status !== null && status < 500) return;
      await sleep(FIRST_WAIT_MS * 2 ** tries);
    }
  }

  return {
    post: (report, signedWith, copy) => untilAnswered(sign(report, signedWith), copy),
    async postAgain(id, copy) {
      const known = posted.get(id);
      if (known) await untilAnswered(known, copy);
    },
    knows: (id) => posted.has(id),
    sent,
    answers,
    nextSeq,
    accepted: () => accepted.size,
  };
}
