import { BRIDGE_STEPS } from '../../domain/statements/bridge.ts';
import type { BridgeView } from '../model/workbook-model.ts';

/** Columns of a bridge in the order of the sheet: where the charge began, what moved it, where it ended. */
export const BRIDGE_ITEMS = ['opening', ...BRIDGE_STEPS, 'closing'] as const;
export type BridgeItem = (typeof BRIDGE_ITEMS)[number];

/** Minor units. */
export function bridgeAmount(bridge: BridgeView, item: BridgeItem): bigint {
  return item === 'opening' || item === 'closing' ? bridge[item] : bridge.steps[item];
}
