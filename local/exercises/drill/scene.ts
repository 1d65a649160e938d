/** The live streams at the start: a raid, and all other streams, some of which are similar to it. Pure: the seed determines everything. */
import type { Stream } from "../../../lib/core/stream.ts";
import { createRandom, hex8, shuffle } from "../../kit/random.ts";
import type { EncoderInput } from "../../live/encoders.ts";

export interface SceneSize {
  readonly live: number;
  /** The streams of the raid, which the operators disable. */
  readonly streams: number;
  readonly seed: number;
}

/** The selector of the raid: a stream must match all of it. */
export const RAID = { domain: "publish.example.huawei.com", app: "live", name: "raid-*", client: "203.0.113.66" };

export interface Scene {
  /** In the order in which they were started. */
  readonly encoders: readonly (EncoderInput & { readonly client_ip: string })[];
  readonly targets: readonly Stream[];
}

/** Hostile stream names, which try to be shown as something else. */
const HOSTILE = ["<img src=x onerror=alert(1)>", `=HYPERLINK("https://x.example")`, "\u202egpj.exe"];

/** Number of other streams that have two of the raid's three marks, for each pair. */
const SHARE_ALIKE = 0.03;

export function writeScene({ live, streams, seed }: SceneSize): Scene {
  const random = createRandom(seed);
  const hex = () => hex8(random);
  const address = () => `198.51.100.${1 + Math.floor(random() * 250)}`;
  const raid = (index: number, suffix: string = HOSTILE[index] ?? hex()) => ({
    ...{ domain: RAID.domain, app: RAID.app, stream: `raid-${index}-${suffix}`, client_ip: RAID.client },
  });
  const room = (index: number) => ({
    ...{ domain: RAID.domain, app: RAID.app, stream: `room-${index}-${hex()}`, client_ip: address() },
  });
  /** Each lacks one of the raid's marks. */
  const alike = [
    (index: number) => ({ ...raid(index, hex()), client_ip: address() }),
    (index: number) => ({ ...raid(index, hex()), stream: `Raid-${index}-${hex()}` }),
    (index: number) => ({ ...raid(index, hex()), app: "event" }),
    (index: number) => ({ ...raid(index, hex()), domain: "push.example.com" }),
  ];
  const raiders = Array.from({ length: streams }, (_, index) => raid(index));
  const others = Array.from({ length: live - streams }, (_, index) => {
    const kind = alike[Math.floor(random() / SHARE_ALIKE)] ?? room;
    return kind(index);
  });
  return {
    encoders: shuffle([...raiders, ...others], random),
    targets: raiders.map(({ domain, app, stream }) => ({ domain, app, stream })),
  };
}
