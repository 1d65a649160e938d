/** Why a subscription ended, in words: for `doctor` and for the command. */
export const WHY_ENDED: Readonly<Record<string, string>> = {
  gone: "it answered 410 (gone)",
  failing: "it took nothing for three days",
  removed: "the policy no longer has it",
};
