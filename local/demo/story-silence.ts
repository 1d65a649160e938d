/** The step that fails if people are not alerted: a report of the worst kind without certainty must not wait in silence. */
import { DeleteTopicCommand } from "@aws-sdk/client-sns";
import type { Swept } from "../../lib/clock/sweep.ts";
import { hearAlerts } from "./alerts.ts";
import { expectThat, readEvent, type Step, until } from "./scene.ts";
import { postReport, signReport } from "./send-report.ts";
import { SOURCE } from "./world.ts";

const WITHIN_MS = 60_000;

export const SILENCE_STEPS: readonly Step[] = [
  {
    name: "silence",
    isWithoutLive: true,
    title: "a csam report without certainty waits for a person, and people are alerted within a minute",
    async play({ world: { stack }, stream, ledger, sender, hear }) {
      const heard = hear ?? (await hearAlerts(stack));
      const sample = await readEvent("report-nudity");
      const claim = { category: "csam", score: 0.3, occurredAt: new Date().toISOString() };
      const report = signReport(
        { ...sample, ...claim, stream: { ...stream, stream: `${stream.stream}-csam` } },
        sender.secret,
      );
      const startedAt = performance.now();
      const answer = await postReport(stack.gatewayUrl, SOURCE, report);
      expectThat(answer.status === 202, "it is accepted", answer);
      const key = `${SOURCE}#${report.id}`;
      const look = async () => (await heard()).find(({ text }) => text.includes(key));
      const alert = await until("people are alerted to the case", look, WITHIN_MS);
      const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
      const noted = await until("the alarm is noted", async () => (await ledger.readReport(key))?.alarms?.urgent);
      expectThat(alert.text.includes("offair review next"), "the alert says what to do", alert);
      const swept = (await stack.runSchedule(new Date(), "clock")) as Swept;
      expectThat(swept.open > 0 && swept.overdue === 0, "the clock's schedule counts it, in time", swept);
      return `"${alert.subject}" after ${seconds} s, noted at ${noted.slice(11, 19)}; ${swept.open} open`;
    },
    async sabotage(scene) {
      const { clients, alertsTopic } = scene.world.stack;
      scene.hear = await hearAlerts(scene.world.stack); // first, so that the step fails by what it waits for, and not because it cannot listen
      await clients.sns.send(new DeleteTopicCommand({ TopicArn: alertsTopic }));
    },
  },
];
