/** What operators planned, applied and requested: the list, or one of them. */
import type { PageProps } from "../pages.tsx";
import { OnePlan } from "./one-plan.tsx";
import { PlanList } from "./plan-list.tsx";

export function PlansPage({ rest: [orderId] }: PageProps) {
  return orderId === undefined || orderId === "" ? <PlanList /> : <OnePlan key={orderId} orderId={orderId} />;
}
