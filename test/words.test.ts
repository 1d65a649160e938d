/** The words that words of the field replaced: identifiers, log events, metrics, codes, stored values, settings and file names. */
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, it } from "@jest/globals";

const root = join(import.meta.dirname, "..");

/** Looked for as whole words in the code and in what is deployed. */
const REPLACED = `
  Sighting → RecentReport
  Sightings → ListedPeriods
  SeenRows → RowSet
  ListedRows → CompleteRows
  IncidentAnswer → OperatorResponse
  PlanAnswer → PlanResponse
  PackedOrders → OrderPack
  Lane → Priority
  KeyGuardDeps → KeyBreakerDeps
  GateStore → AdmissionStore
  PolicyFault → PolicyIssue
  Patience → WaitLimits
  laneOf → priorityOf
  keepMade → memoize
  takeAlone → reserveSolo
  carryOut → executeOrder
  createReadUndone → createReadUndoneBatches
  sortOut → partition
  doWithout → undefinedIfPermanent
  withBefore → includingEarlier
  whyNobody → refusalReason
  whyVoid → invalidReason
  isKept → isRetainedAttempt
  notTheirs → forbiddenFields
  GAVE_WAY → SUPERSEDED_BY_NEWER
  WANTED_OFF → DISABLED_BY_OTHER
  outranksRules → overridesRules
  isDoubtful → mayHaveActed
  isVoid → hadNoEffect
  isUnderWay → isInProgress
  UNDER_WAY_MS → IN_PROGRESS_MS
  lastWord → latestEffectiveOrder
  toldAtLeast → minimumTotal
  agreeOnTotal → totalsAgree
  stepOn → advance
  brokenGlass → breakGlassUse
  spellHeader → encodeHeader
  sayRows → printRows
  neededText → requiredText
  letGo → giveUp
  settleBatch → processRecords
  tellFaults → printIssues
  tellingOfWrites → withWriteSignal
  takeAhead → prefetchLease
  loseLeases → forfeitLeases
  fillSlices → blockSlices
  areWriting → isWriting
  REST_FROM → BACKOFF_AFTER
  SLOWER_BY → BACKOFF_STEP
  SIDE_BY_SIDE → CONCURRENCY
  boundFaults → checkChainBounds
  MOST_A_MESSAGE → MAX_…
  MOST_FAILURES → MAX_…
  MAX_LOGGED_AT_ONCE → MAX_…
  PLANS_KEPT → PLAN_CACHE_SIZE
  PARTS_KEPT → PART_CACHE_SIZE
  MAX_KEPT → CACHE_SIZE
  keepsTo → matchesAll
  unnoted → unsaved
  ERR_UNFORESEEN → ERR_INTERNAL
  StreamsReturned → StreamsRepublished
  ReportsParked → ReportsHeld
  GlassBroken → BreakGlassUsed
  glass-broken → break-glass-used
  AuditPartsLacking → AuditPartsMissing
  audit-lacks → audit-parts-missing
  message.not-told → metrics.emit-failed
  audit.lacks → audit.parts-missing
  audit.slot-over → audit.deadline-passed
  audit.not-asked → audit.confirmation-skipped
  audit.repairs-not-asked → audit.repairs-not-queued
  audit.head-not-kept → audit.head-not-saved
  audit.expected-from-nothing → audit.no-previous-expectation
  pace.alone → admission.store-unavailable
  incident.off-not-known → operator.disabled-list-unavailable
  report.id-used-again → report.duplicate-id
  incident.live-not-known → operator.live-list-unavailable
  key.unnoted → key.state-not-saved
  incident.not-numbered → operator.order-not-assigned
  incident.still-listed → operator.review-not-closed
  other-resume-time → wrong-resume-time
  operatorOutranksHours → operatorOverrideHours
  outranksRulesUntil → overridesRulesUntil
  parked → held
  LIVE_QUEUE_URL → URGENT_QUEUE_URL
  LIVE_DEAD_LETTERS_URL → URGENT_DEAD_LETTERS_URL
  LiveQueue → UrgentQueue
  LiveDeadLetters → UrgentDeadLetters
  LIVE_PACE_SHARE → LIVE_QUOTA_SHARE
  offair on → offair history
  offair off → offair disable or pause
`;

/** Without their endings. */
const REPLACED_FILES = `
  told ahead kept visible rounds alone undone carry-out returns handle-return already-off deadlines faults-text
  ask lists recall draft compared explains stored slots clocks expected trust chain-run plan-make doctor-looks
  doctor-here say-plan left-out killer people recorded pour once notes tried mapped mapped-proof plan-breaker
  characters sighting gate pace key-guard
`;

const files = globSync("{functions,lib,cli,local,build,scripts,bench,events,resources}/**/*.{ts,mjs,json,yml}", {
  cwd: root,
})
  .concat("serverless.yml", "policy.yml", "policy.schema.json", ".ci/run")
  .filter((file) => file !== "bench/results.json");

const words = new Map([...REPLACED.matchAll(/^ +(.+) → (.+)$/gm)].map(([, word = "", by = ""]) => [word, by]));
const any = new RegExp(`(?<![\\w-])(?:${[...words.keys()].join("|").replaceAll(".", "\\.")})(?![\\w-])`, "g");
const wordsIn = (text: string): string[] => [...text.matchAll(any)].map(([word]) => `${word} → ${words.get(word)}`);

it("no file holds a word that was replaced", () => {
  expect(files.length).toBeGreaterThan(400);
  const found = files.flatMap((file) =>
    wordsIn(readFileSync(join(root, file), "utf8")).map((word) => `${file}: ${word}`),
  );
  expect(found).toEqual([]);
});

it("a word that comes back is found, alone and not as a part of another", () => {
  expect(wordsIn('log("audit.lacks"); isVoid(order); avoid; is-void')).toEqual([
    "audit.lacks → audit.parts-missing",
    "isVoid → hadNoEffect",
  ]);
});

it("no file has a name that was replaced", () => {
  const names = new Set(REPLACED_FILES.trim().split(/\s+/));
  expect(files.filter((file) => names.has(basename(file).replace(/\.\w+$/, "")))).toEqual([]);
});
