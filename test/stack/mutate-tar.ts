/** Changes a tar in ways in which programs that read tars are known to differ, and in any other way, at random places. */
import { encodeHead, encodeHeader, encodePax, padded, type TarEntry } from "../../cli/evidence/tar-format.ts";
import { withChecksum } from "../cli/evidence/tars.ts";
import { type Dice, diceOf, pick } from "../support/dice.ts";

/** A tar that is being changed: blocks of entries, and what comes after them. */
interface Draft {
  /** One or more entries each; mutations insert, remove and change them. */
  readonly pieces: Buffer[];
  end: Buffer;
  readonly entries: readonly TarEntry[];
  readonly roll: Dice;
}

const pad = (bytes: Uint8Array): Buffer => Buffer.concat([bytes], padded(bytes.length));
const plain = ({ name, bytes }: TarEntry): Buffer => Buffer.concat([encodeHead(name, bytes.length), pad(bytes)]);
const typed = (name: string, type: string, bytes: Uint8Array = Buffer.alloc(0)): Buffer =>
  Buffer.concat([encodeHeader({ name, size: bytes.length, type }), pad(bytes)]);

const insert = ({ pieces, roll }: Draft, ...more: Buffer[]): void =>
  void pieces.splice(roll(pieces.length + 1), 0, ...more);

/** Replaces one piece by what is made of it. */
function replace({ pieces, roll }: Draft, make: (piece: Buffer) => readonly Buffer[]): void {
  if (pieces.length === 0) return;
  const at = roll(pieces.length);
  pieces.splice(at, 1, ...make(Buffer.from(pieces[at] ?? [])));
}

/** A name of the chain, or one that is close to it or leads elsewhere. */
function anyName({ entries, roll }: Draft): string {
  const { name } = pick(roll, entries);
  return pick(roll, [
    ...[name, name, name, `./${name}`, `/${name}`, `${name}/`, `${name}/.`, name.replace("/", "//"), `x/../${name}`],
    ...[`../${name}`, name.slice(0, name.lastIndexOf("/")), "manifests/", "/etc/evil", "../evil", "a\\b", `${name}\0x`],
    ...[`\x1b[2J${name}`, name.toUpperCase(), `${name}.old`, ""],
  ]);
}

const PAX_KEYS = ["path", "path", "path", "linkpath", "size", "hdrcharset", "comment", "mtime", "SCHILY.realsize"];
const SPARSE = ["GNU.sparse.name", "GNU.sparse.size", "GNU.sparse.realsize", "GNU.sparse.map", "GNU.sparse.major"];

/** A header that says something about the next entry, or about all that follow. */
function extended(draft: Draft, name = anyName(draft)): Buffer {
  const { roll } = draft;
  const value = (key: string): string => {
    if (key === "path" || key === "linkpath" || key === "GNU.sparse.name") return name;
    return pick(roll, ["0", "1", "512", "0,4", "-1", "BINARY", String(roll(4_096))]);
  };
  const records = () =>
    Array.from({ length: 1 + roll(3) }, () => pick(roll, roll(4) === 0 ? SPARSE : PAX_KEYS)).map((key) =>
      encodePax(key, value(key)),
    );
  return pick(roll, [
    () => typed("././@LongLink", "L", Buffer.from(`${name}\0`)),
    () => typed("././@LongLink", "L", Buffer.from(name)),
    () => typed("././@LongLink", "K", Buffer.from(`${name}\0`)),
    () => typed("pax", "x", encodePax("path", name)),
    () => typed("pax", "x", Buffer.concat(records())),
    () => typed("pax", "g", Buffer.concat(records())),
    () => typed("pax", "X", encodePax("path", name)),
    () => typed("pax", "x", Buffer.from(`${5 + roll(30)} path=${name}\n`)),
  ])();
}

/** A header of the names in GNU's form and in pax records, as two programs would each read another of them. */
function twoNames({ roll }: Draft, name: string, other: string): Buffer[] {
  const long = (each: string) => typed("././@LongLink", "L", Buffer.from(`${each}\0`));
  const pax = (each: string) => typed("pax", "x", encodePax("path", each));
  const comment = typed("pax", "x", encodePax("comment", "c"));
  return pick(roll, [
    [pax(name), long(other)],
    [long(name), pax(other)],
    [pax(name), pax(other)],
    [long(name), long(other)],
    [pax(name), comment],
    [long(name), typed("pax", "g", encodePax("path", other))],
  ]);
}

const FIELDS: readonly (readonly [number, number])[] = [
  ...([
    [0, 100],
    [100, 8],
    [108, 8],
    [116, 8],
    [124, 12],
    [136, 12],
    [156, 1],
    [157, 100],
    [257, 8],
  ] as const),
  ...([
    [265, 32],
    [297, 32],
    [329, 8],
    [337, 8],
    [345, 155],
    [386, 24],
    [482, 1],
    [500, 12],
  ] as const),
];

/** Sizes in the spellings that programs know. */
function sizes(size: number): readonly Buffer[] {
  const octal = size.toString(8);
  const base256 = Buffer.alloc(12);
  base256.writeUInt32BE(size, 8);
  base256[0] = 0x80;
  const text = [
    octal.padStart(12, "0"),
    octal.padStart(11, " "),
    `${octal} `,
    `-${octal}`,
    `+${octal}`,
    `${octal}\0${octal}`,
  ];
  return [base256, Buffer.alloc(12, 0xff), ...text.map((each) => Buffer.from(each.padEnd(12, "\0").slice(0, 12)))];
}

type Mutation = (draft: Draft) => void;

export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  "two entries are swapped": ({ pieces, roll }) => {
    if (pieces.length === 0) return;
    const [a, b] = [roll(pieces.length), roll(pieces.length)];
    [pieces[a], pieces[b]] = [pieces[b] as Buffer, pieces[a] as Buffer];
  },
  "an entry is there twice": (draft) => replace(draft, (piece) => [piece, piece]),
  "an entry is repeated elsewhere": (draft) => insert(draft, plain(pick(draft.roll, draft.entries))),
  "an entry is removed": (draft) => replace(draft, () => []),
  "a name comes again with other bytes": (draft) =>
    insert(draft, plain({ name: pick(draft.roll, draft.entries).name, bytes: pick(draft.roll, draft.entries).bytes })),
  "a name that is none of the chain": (draft) =>
    insert(draft, plain({ name: anyName(draft), bytes: pick(draft.roll, draft.entries).bytes })),
  "headers before an entry": (draft) =>
    replace(draft, (piece) => [...Array.from({ length: 1 + draft.roll(3) }, () => extended(draft)), piece]),
  "a header before the end": (draft) => void draft.pieces.push(extended(draft)),
  "two objects are exchanged by entries with two names": (draft) => {
    const { entries, pieces, roll } = draft;
    const [a, b] = [pick(roll, entries), pick(roll, entries)];
    pieces.length = 0;
    for (const each of entries) {
      const other = each === a ? b : each === b ? a : undefined;
      if (!other) pieces.push(plain(each));
      else
        pieces.push(
          ...twoNames(draft, ...(roll(2) ? ([each.name, other.name] as const) : ([other.name, each.name] as const))),
          typed("x", "0", each.bytes),
        );
    }
  },
  "an entry that is no file": (draft) =>
    insert(draft, typed(anyName(draft), pick(draft.roll, ["1", "2", "3", "4", "5", "6", "D", "M", "N", "V"]))),
  "a link to another object": ({ entries, pieces, roll }) => {
    const link = typed(pick(roll, entries).name, pick(roll, ["1", "2"]));
    link.write(pick(roll, entries).name, 157, 100, "utf8");
    pieces.push(withChecksum(link));
  },
  "a folder that has contents": (draft) =>
    insert(
      draft,
      typed(anyName(draft), pick(draft.roll, ["5", "1", "2", "S"]), plain(pick(draft.roll, draft.entries))),
    ),
  "an old sparse file": (draft) =>
    replace(draft, (piece) => {
      piece.write("S", 156, "latin1");
      piece.write("00000000000\x0000000000004\0", 386, "latin1");
      piece.write(`${draft.roll(4_096).toString(8).padStart(11, "0")}\0`, 483, "latin1");
      return [withChecksum(piece)];
    }),
  "a field of a header is another": (draft) =>
    replace(draft, (piece) => {
      const [at, length] = pick(draft.roll, FIELDS);
      for (let count = 1 + draft.roll(3); count > 0; count--) piece[at + draft.roll(length)] = draft.roll(256);
      return [withChecksum(piece)];
    }),
  "bits of a header are flipped": (draft) =>
    replace(draft, (piece) => {
      for (let count = 1 + draft.roll(3); count > 0; count--) {
        const at = draft.roll(512);
        piece[at] = (piece[at] ?? 0) ^ (1 << draft.roll(8));
      }
      return [draft.roll(4) === 0 ? piece : withChecksum(piece)];
    }),
  "a size is spelled otherwise": (draft) =>
    replace(draft, (piece) => {
      const size = Number.parseInt(piece.toString("latin1", 124, 135), 8) || 0;
      piece.set(pick(draft.roll, sizes(pick(draft.roll, [size, size, size + 512, Math.max(0, size - 512), 0]))), 124);
      return [withChecksum(piece)];
    }),
  "a name is spelled otherwise": (draft) =>
    replace(draft, (piece) => {
      const name = piece.toString("latin1", 0, 100).replace(/\0.*$/s, "");
      const cut = name.indexOf("/");
      piece.fill(0, 0, 100);
      if (draft.roll(2) === 0 && cut > 0) {
        piece.write(name.slice(cut + 1), 0, "latin1");
        piece.write(name.slice(0, cut), 345, "latin1");
      } else piece.write(pick(draft.roll, [`./${name}`, `${name}\0x`, `/${name}`, name]).slice(0, 100), 0, "latin1");
      return [withChecksum(piece)];
    }),
  "a type of another time": (draft) =>
    replace(draft, (piece) => {
      piece.write(pick(draft.roll, ["\0", "7", "z", "A", "s", " "]), 156, "latin1");
      if (draft.roll(2) === 0)
        piece.write(pick(draft.roll, ["ustar  \0", "\0\0\0\0\0\0\0\0", "ustar\x0001"]), 257, "latin1");
      return [withChecksum(piece)];
    }),
  "an end in the middle": (draft) => insert(draft, Buffer.alloc(512 * (1 + draft.roll(3)))),
  "another end": (draft) => {
    draft.end = pick(draft.roll, [
      ...[Buffer.alloc(0), Buffer.alloc(512), Buffer.alloc(700), Buffer.alloc(1_536), Buffer.alloc(10_240)],
      ...[Buffer.alloc(1_024, 1), Buffer.concat([Buffer.alloc(1_024), Buffer.from("more")])],
    ]);
  },
  "two tars in one": (draft) => {
    const again = draft.entries.map((each) => plain({ ...each, bytes: pick(draft.roll, draft.entries).bytes }));
    draft.end = Buffer.concat([pick(draft.roll, [draft.end, Buffer.alloc(512), Buffer.alloc(0)]), ...again, draft.end]);
  },
  "bytes of an object or its padding are others": (draft) =>
    replace(draft, (piece) => {
      if (piece.length > 512) piece[512 + draft.roll(piece.length - 512)] = draft.roll(256);
      return [piece];
    }),
  "an entry is cut": (draft) => replace(draft, (piece) => [piece.subarray(0, draft.roll(piece.length))]),
};

export interface Mutated {
  readonly tar: Buffer;
  readonly how: readonly string[];
}

/** Mostly one mutation, sometimes two or three. The same number gives the same tar. */
export function mutateTar(entries: readonly TarEntry[], seed: number): Mutated {
  const roll = diceOf(seed);
  const draft: Draft = { pieces: entries.map(plain), end: Buffer.alloc(1_024), entries, roll };
  const how = Array.from({ length: 1 + Math.max(0, roll(5) - 2) }, () => pick(roll, Object.keys(MUTATIONS)));
  for (const each of how) MUTATIONS[each]?.(draft);
  return { tar: Buffer.concat([...draft.pieces, draft.end]), how };
}
