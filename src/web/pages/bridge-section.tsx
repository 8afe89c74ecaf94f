import { BridgeChart } from '../charts/bridge-chart.tsx';
import { grouped, isZero, monthName } from '../format.ts';
import { label, t } from '../language.ts';
import { Section, type View } from '../layout.tsx';
import { magnitude } from './statement-groups.ts';

const STEP_NAMES: Readonly<Record<string, string>> = {
  volume: label('Volume of contacts'),
  mix: label('Mix of reasons'),
  handle_time: label('Standard handle time'),
  rate: label('Rates and other cost'),
  decisions: label('Decisions begun or ended'),
  corrections: label('Corrections, disputes'),
  restated: label('Restated'),
};

function bridgeSteps(bridge: Readonly<Record<string, string>>): { label: string; amount: string }[] {
  return Object.entries(STEP_NAMES)
    .map(([key, name]) => ({ label: t(name), amount: bridge[key] ?? '0' }))
    .filter((step) => !isZero(step.amount));
}

/** What moved most, in words from the figures. */
function bridgeMessage(bridge: Readonly<Record<string, string>>, before: string): string {
  const steps = bridgeSteps(bridge).sort((a, b) => (magnitude(b.amount) > magnitude(a.amount) ? 1 : -1));
  const largest = steps[0];
  if (!largest) return t('Nothing moved since {month}', { month: before });
  const said = { step: largest.label, amount: grouped(largest.amount.replace('-', '')) };
  return largest.amount.startsWith('-')
    ? t('{step} lowers the charge most, by {amount}', said)
    : t('{step} raises the charge most, by {amount}', said);
}

/** Why a charge moved since the month before, in steps that sum exactly. */
export function BridgeSection({ view, bridge }: { view: View; bridge: Readonly<Record<string, string>> }) {
  const preliminary = view.state !== 'closed';
  const before = view.periods[view.periods.indexOf(view.period!) - 1];
  return (
    <Section
      title={bridgeMessage(bridge, before === undefined ? t('the month before') : monthName(before))}
      sub={t('{currency}, gross charge; Das Gupta decomposition, sums exactly', { currency: view.currency })}
    >
      <BridgeChart
        opening={{
          label: before === undefined ? t('The month before') : monthName(before),
          amount: bridge['opening']!,
        }}
        closing={{
          label: `${monthName(view.period!)}, ${preliminary ? t('preliminary') : t('issued')}`,
          amount: bridge['closing']!,
        }}
        steps={bridgeSteps(bridge)}
        preliminary={preliminary}
      />
    </Section>
  );
}
