/** The state of the simulated IAM: when keys were used, earlier lists of keys, and the most keys that each user had. */
import { alphanumeric } from "../../kit/random.ts";
import type { HttpResponse } from "../answer.ts";
import type { createGateway } from "../gateway.ts";
import type { Settings, User } from "../settings.ts";
import type { ReceivedRequest } from "../signature.ts";
import { answerIam, type IamCall, idOf } from "./iam.ts";
import type { KeyUses } from "./key-uses.ts";

export interface IamDeps {
  readonly settings: () => Settings;
  readonly setUsers: (users: User[]) => void;
  readonly uses: KeyUses;
  readonly random: () => number;
}

export function createIamState({ settings, setUsers, uses, random }: IamDeps) {
  /** The keys after each change, oldest first. */
  const lists: { readonly fromMs: number; readonly users: readonly User[] }[] = [
    { fromMs: Number.NEGATIVE_INFINITY, users: settings().users },
  ];
  const mostKeys = new Map<string, number>();

  function count(users: readonly User[]): void {
    for (const [id, keys] of Map.groupBy(users, idOf)) mostKeys.set(id, Math.max(keys.length, mostKeys.get(id) ?? 0));
  }
  count(settings().users);

  const newText = (length: number): string => alphanumeric(length, (below) => Math.floor(random() * below));

  return {
    /** Call it after each change of the settings. */
    usersChanged(nowMs: number): void {
      const { users } = settings();
      lists.push({ fromMs: nowMs, users });
      count(users);
    },

    handle(
      call: IamCall,
      request: ReceivedRequest,
      gateway: Pick<ReturnType<typeof createGateway>, "authenticateKey">,
      nowMs: number,
    ): { answer: HttpResponse; commit?: () => void } {
      const caller = gateway.authenticateKey(request, nowMs);
      if (!("ak" in caller)) return { answer: caller };
      const listed = lists.findLast(({ fromMs }) => fromMs <= nowMs - settings().iam.listDelayMs)?.users ?? [];
      return answerIam(call, request, caller, { settings: settings(), uses, listed, nowMs, newText, setUsers });
    },

    /** The most keys that a user had at a time, by the user's id. */
    mostKeys: (): Record<string, number> => Object.fromEntries(mostKeys),
  };
}
