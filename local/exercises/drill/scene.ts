/** Who is live when it begins: a raid of so many streams, and all the others, some of which look much like it. Pure: the seed is all of its chance. */
import type { Stream } from "../../../lib/core/stream.ts";
import { createRandom, hex8, shuffle } from "../../kit/random.ts";
import type { EncoderInput } from "../../live/encoders.ts";

export interface SceneSize {
  readonly live: number;
  /** Of these, the streams that are to go off the air. */
  readonly streams: number;
  readonly seed: number;
}

/** What the operator knows of the raid: all three of it have to fit. */
export const RAID = { domain: "publish.example.huawei.com", app: "live", name: "raid-*", client: "203.0.113.66" };

export interface Scene {
  /** In the order in which Live came to know them. */
  readonly encoders: readonly (EncoderInput & { readonly client_ip: string })[];
  readonly targets: readonly Stream[];
}

/** Names as somebody chooses them who would like to be seen as something else. */
const HOSTILE = ["<img src=x onerror=alert(1)>", `=HYPERLINK("https://x.example")`, "\u202egpj.exe"];

/** How many of the others have two of the three marks, each kind. */
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
  /** Each lacks one mark of the raid. */
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
