/** The step that fails if the platform is not told: the events of the stream are on the event bus, in order, whatever took it off. */
import * as z from "zod";
import { formatStream } from "../../lib/core/stream.ts";
import { clock, endedReport, expectThat, type Scene, type Step, until } from "./scene.ts";

const eventSchema = z.object({
  ...{ type: z.string(), subject: z.string().optional(), time: z.string(), sequence: z.string() },
  data: z.unknown(),
});
const disabledSchema = z.object({ order: z.number(), until: z.string(), outcome: z.string() });

/** The events of the scene's stream, as the bus received them. */
const onBus = ({ world: { stack }, stream }: Scene) =>
  stack.eventBuses.received(stack.eventBus).flatMap(({ detail }) => {
    const event = eventSchema.parse(detail);
    return event.subject === formatStream(stream) ? [event] : [];
  });

export const EVENT_STEPS: readonly Step[] = [
  {
    name: "events",
    brokenFrom: "second-report",
    title: "the platform is told: what happened to the stream is on the event bus, in order",
    async play(scene) {
      const { decision } = await endedReport(scene, 1);
      const look = async () => onBus(scene).find(({ type }) => type === "stream.disabled");
      const disabled = await until("the event stream.disabled is on the bus", look);
      const data = disabledSchema.parse(disabled.data);
      const resumeTime = "resumeTime" in decision ? decision.resumeTime : undefined;
      expectThat(data.outcome === "verified" && data.until === resumeTime, "it has the outcome of the order", data);
      const events = onBus(scene);
      const numbers = events.map(({ sequence }) => Number(sequence));
      const isInOrder = numbers.every((number, index) => number > (numbers[index - 1] ?? 0));
      expectThat(isInOrder && events[0]?.type !== disabled.type, "the pause was told before it", events);
      const types = [...new Set(events.map(({ type }) => type))];
      return `${types.join(", ")}; of ${clock(disabled.time)}, order ${data.order}, until ${data.until}`;
    },
    sabotage({ world: { stack } }) {
      stack.eventBuses.fail("PutEvents", { status: 500, code: "InternalException" }, Number.POSITIVE_INFINITY);
    },
  },
];
