export interface CostOptions {
  readonly alerts: number;
  /** Alerts a request. @default 1 */
  readonly batch?: number;
  /** @default 2 */
  readonly memoryGb?: number;
  /** Instances kept warm. @default 0 */
  readonly warm?: number;
  /** Weeks of prediction log. @default 8 */
  readonly weeks?: number;
  readonly vnet?: boolean;
}
export type MonthlyCost = Readonly<
  Record<'compute' | 'executions' | 'tables' | 'blobs' | 'logs' | 'alertRules' | 'network', number>
>;

/** Monthly cost in dollars by part. */
export function monthlyCost(options: CostOptions): MonthlyCost;
export function totalOf(cost: MonthlyCost): number;
/** The cases of docs/cost.md. */
export const CASES: readonly (CostOptions & { readonly name: string })[];
/** The table of docs/cost.md as Markdown. */
export function costTable(): string;
