/** Checks of single streams, shared by the exercises: are streams off or on the air, and does the ledger have every write at Live? */
import { formatStream, type Stream, streamKey } from "../../lib/core/stream.ts";
import type { Call, LiveState } from "./evidence.ts";
import type { OrderItem } from "./ledger-records.ts";
import type { CheckFailure } from "./scorecard.ts";

export const keysOf = (streams: readonly Stream[]): Set<string> => new Set(streams.map(streamKey));

/** Streams of one list that are not in the other. */
export function differences(what: string, found: readonly Stream[], wanted: readonly Stream[]): CheckFailure[] {
  const [foundKeys, wantedKeys] = [keysOf(found), keysOf(wanted)];
  return [
    ...wanted.filter((each) => !foundKeys.has(streamKey(each))).map((each) => `${formatStream(each)}: not ${what}`),
    ...found
      .filter((each) => !wantedKeys.has(streamKey(each)))
      .map((each) => `${formatStream(each)}: ${what}, but should not be`),
    ...(found.length === foundKeys.size ? [] : [`${found.length - foundKeys.size} are ${what} twice`]),
  ];
}

/** Checks that Live lists exactly these streams as disabled, and that none of them is pushed. */
export function notOff({ disabled, encoders }: LiveState, wanted: readonly Stream[]): CheckFailure[] {
  const wantedKeys = keysOf(wanted);
  return [
    ...differences("disabled", disabled, wanted),
    ...encoders
      .filter(({ stream, online }) => online && wantedKeys.has(streamKey(stream)))
      .map(({ stream }) => `${formatStream(stream)}: is pushed`),
  ];
}

/** Checks that no stream is disabled and that every encoder pushes. No encoders at all is a failure, because nothing was checked. */
export const notOn = (state: LiveState): CheckFailure[] => [
  ...(state.encoders.length > 0 ? [] : [`there is no encoder ${state.moment}`]),
  ...notOff(state, []),
  ...state.encoders.filter(({ online }) => !online).map(({ stream }) => `${formatStream(stream)}: is not on the air`),
];

/** Checks that every other stream is on the air, and that its push was never cut. */
export const cutThough = ({ encoders }: LiveState, except: ReadonlySet<string>): CheckFailure[] =>
  encoders
    .filter(({ stream, online, pushes }) => !except.has(streamKey(stream)) && (!online || pushes !== 1))
    .map(({ stream, online, pushes }) => `${formatStream(stream)}: ${online ? "" : "off; "}began ${pushes} times`);

/** Writes at Live, by stream. */
export const writesByStream = (calls: readonly Call[]): Map<string, Call[]> =>
  Map.groupBy(
    calls.filter(({ method }) => method !== "GET"),
    ({ stream: { domain, app, stream } }) => streamKey({ domain: domain ?? "", app: app ?? "", stream: stream ?? "" }),
  );

/** Live refused the write for its user, and another user of the pool sent it: both belong to one attempt. */
const isHandedOn = ({ status, user }: Call, next: Call | undefined): boolean =>
  (status === 401 || status === 429) && next !== undefined && next.user !== user;

/** Streams with more writes at Live than attempts in the ledger: a write was made without an intent. */
export function writesWithoutAttempt(calls: readonly Call[], orders: readonly OrderItem[]): CheckFailure[] {
  const ordersByStream = Map.groupBy(orders, ({ stream }) => streamKey(stream));
  return [...writesByStream(calls)].flatMap(([key, writes]) => {
    const { length } = writes.filter((write, index) => !isHandedOn(write, writes[index + 1]));
    const attempts = (ordersByStream.get(key) ?? []).flatMap((order) => order.attempts).length;
    return length > attempts ? [`${key}: ${length} writes at Live, ${attempts} attempts in the ledger`] : [];
  });
}

export const orderName = ({ stream, number, action }: Pick<OrderItem, "stream" | "number" | "action">): string =>
  `${formatStream(stream)} order ${number} (${action})`;
