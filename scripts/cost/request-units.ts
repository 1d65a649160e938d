/**
 * What AWS counts of a request: DynamoDB's request units from the sizes of items, and the requests of which a long SQS message consists.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html (sizes of items)
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html (units)
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations.Writes (indexes)
 */

/** A value in DynamoDB's JSON: `{ "S": "text" }`. */
export type Value = Readonly<Record<string, unknown>>;
export type StoredItem = Readonly<Record<string, Value>>;

export interface Index {
  readonly name: string;
  /** The attributes of its key: an item that lacks one is not in the index. */
  readonly keys: readonly string[];
  /** Further attributes, besides the keys of the index and of the table; "all" for the whole item. */
  readonly projects: "all" | readonly string[];
}

const KB = 1_024;
const READ_UNIT_BYTES = 4 * KB;
const ELEMENT_BYTES = 1;
const CONTAINER_BYTES = 3;

const utf8 = (text: unknown): number => Buffer.byteLength(`${text}`);

/** One byte for two significant digits, and one more; leading and trailing zeros do not count. */
function bytesOfNumber(text: string): number {
  const digits = text.replace(/e.*$/i, "").replace(/[-+.]/g, "").replace(/^0+/, "");
  const significant = [...digits].findLastIndex((digit) => digit !== "0") + 1;
  return Math.ceil(significant / 2) + 1 + (text.startsWith("-") ? 1 : 0);
}

function bytesOfValue(value: Value): number {
  const [[type, held] = ["NULL", true]] = Object.entries(value);
  switch (type) {
    case "S":
      return utf8(held);
    case "N":
      return bytesOfNumber(`${held}`);
    case "B":
      return Buffer.from(`${held}`, "base64").length;
    case "SS":
      return (held as string[]).reduce((sum, each) => sum + utf8(each), 0);
    case "NS":
      return (held as string[]).reduce((sum, each) => sum + bytesOfNumber(each), 0);
    case "L":
      return (held as Value[]).reduce((sum, each) => sum + ELEMENT_BYTES + bytesOfValue(each), CONTAINER_BYTES);
    case "M":
      return Object.entries(held as StoredItem).reduce(
        (sum, [name, each]) => sum + ELEMENT_BYTES + utf8(name) + bytesOfValue(each),
        CONTAINER_BYTES,
      );
    default:
      return 1; // NULL, BOOL
  }
}

export const bytesOfItem = (item: StoredItem): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + utf8(name) + bytesOfValue(value), 0);

const unitsOf = (bytes: number, unitBytes: number): number => Math.max(1, Math.ceil(bytes / unitBytes));

/** @param bytes - of the item, or of all items that a query reads before it filters. */
export const readUnits = (bytes: number, isConsistent: boolean): number =>
  unitsOf(bytes, READ_UNIT_BYTES) * (isConsistent ? 1 : 0.5);

/**
 * A write counts the larger of the item before and after it; so does one whose condition did not hold, with the item as it was.
 *
 * @param before - undefined for a new item.
 * @param after - undefined for a delete.
 */
export const writeUnits = (before: StoredItem | undefined, after: StoredItem | undefined): number =>
  Math.max(...[before, after].map((item) => unitsOf(item ? bytesOfItem(item) : 0, KB)));

/** The units of a write that one index takes: none if nothing of it changes; a changed key is a delete and a put. */
export function indexWriteUnits(
  index: Index,
  tableKeys: readonly string[],
  before: StoredItem | undefined,
  after: StoredItem | undefined,
): number {
  const [was, is] = [before, after].map((item) => item && projected(index, tableKeys, item));
  if (!was && !is) return 0;
  if (!was || !is) return writeUnits(was, is);
  if (JSON.stringify(keysOf(was, index)) !== JSON.stringify(keysOf(is, index)))
    return writeUnits(was, undefined) + writeUnits(undefined, is);
  return sorted(was) === sorted(is) ? 0 : writeUnits(was, is);
}

function projected(index: Index, tableKeys: readonly string[], item: StoredItem): StoredItem | undefined {
  if (!index.keys.every((key) => item[key])) return undefined;
  if (index.projects === "all") return item;
  const kept = [...tableKeys, ...index.keys, ...index.projects];
  return Object.fromEntries(Object.entries(item).filter(([name]) => kept.includes(name)));
}

const keysOf = (item: StoredItem, { keys }: Index) => keys.map((key) => item[key]);
const sorted = (item: StoredItem): string =>
  JSON.stringify(Object.entries(item).sort(([one], [other]) => (one < other ? -1 : 1)));

const CHUNK_BYTES = 64 * KB;
/** SQS, SNS and EventBridge count each 64 kB as a request. */
export const chunksOf = (bytes: number): number => unitsOf(bytes, CHUNK_BYTES);
