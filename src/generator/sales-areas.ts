import type { Row, Settings } from './settings.ts';

/** All sales areas together, as a share of the contacts of the other reasons. */
const OF_THE_REST = 0.4;

/**
 * The same company with more units: sales areas below Retail, each with a reason of its own, of four sizes. What is
 * planted stays planted: the areas' contacts come beside the others, and no decision concerns them.
 */
export function withSalesAreas(settings: Settings, units: number): Settings {
  const count = units - settings.units.length;
  if (count <= 0) return settings;
  const digits = String(count).length;
  const sizes = Array.from({ length: count }, (_, i) => 1 + (i % 4));
  const rest = settings.reasons.reduce((sum, row) => sum + Number(row['share']), 0);
  const share = (OF_THE_REST * rest) / sizes.reduce((sum, size) => sum + size, 0);
  const numbers = sizes.map((_, i) => String(i + 1).padStart(digits, '0'));
  return {
    ...settings,
    units: [
      ...settings.units,
      ...numbers.map((number): Row => ({
        unit_code: `AREA-${number}`,
        name: `Sales area ${number}`,
        parent_code: 'RETAIL',
        cost_center: `K2-${number}`,
        owner_email: `area.${number}@norvia.example`,
        kind: 'business',
        legal_entity: 'NORVIA-AG',
        valid_from: '2010-01-01',
      })),
    ],
    reasons: [
      ...settings.reasons,
      { reason_code: 'area', name: 'Sales areas', owner_unit: 'RETAIL', share: '' },
      ...numbers.map((number, i): Row => ({
        reason_code: `area.${number}`,
        name: `Shops of sales area ${number}`,
        parent_code: 'area',
        owner_unit: `AREA-${number}`,
        demand: 'value',
        standard_handle_seconds: String(240 + 30 * (i % 7)),
        share: String(share * sizes[i]!),
        product: 'any',
        season: 'flat',
        channels: '60/26/14',
      })),
    ],
  };
}
