/** What operators planned, applied and requested: the list, or one of them. */
import { OnePlan } from "./one-plan.tsx";
import { PlanList } from "./plan-list.tsx";

export function PlansPage({ rest: [orderId] }: { readonly rest: readonly string[] }) {
  return orderId === undefined || orderId === "" ? <PlanList /> : <OnePlan key={orderId} orderId={orderId} />;
}
