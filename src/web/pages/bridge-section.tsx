import { BridgeChart } from '../charts/bridge-chart.tsx';
import { grouped, isZero, monthName } from '../format.ts';
import { Section, type View } from '../layout.tsx';
import { magnitude } from './statement-groups.ts';

const STEP_NAMES: Readonly<Record<string, string>> = {
  volume: 'Volume of contacts',
  mix: 'Mix of reasons',
  handle_time: 'Standard handle time',
  rate: 'Rates and other cost',
  decisions: 'Decisions begun or ended',
  corrections: 'Corrections, disputes',
  restated: 'Restated',
};

function bridgeSteps(bridge: Readonly<Record<string, string>>): { label: string; amount: string }[] {
  return Object.entries(STEP_NAMES)
    .map(([key, label]) => ({ label, amount: bridge[key] ?? '0' }))
    .filter((step) => !isZero(step.amount));
}

/** What moved most, in words from the figures. */
function bridgeMessage(bridge: Readonly<Record<string, string>>, before: string): string {
  const steps = bridgeSteps(bridge).sort((a, b) => (magnitude(b.amount) > magnitude(a.amount) ? 1 : -1));
  const largest = steps[0];
  if (!largest) return `Nothing moved since ${before}`;
  const word = largest.amount.startsWith('-') ? 'lowers' : 'raises';
  return `${largest.label} ${word} the charge most, by ${grouped(largest.amount.replace('-', ''))}`;
}

/** Why a charge moved since the month before, in steps that sum exactly. */
export function BridgeSection({ view, bridge }: { view: View; bridge: Readonly<Record<string, string>> }) {
  const preliminary = view.state !== 'closed';
  const before = view.periods[view.periods.indexOf(view.period!) - 1];
  return (
    <Section
      title={bridgeMessage(bridge, before === undefined ? 'the month before' : monthName(before))}
      sub={`${view.currency}, gross charge; Das Gupta decomposition, sums exactly`}
    >
      <BridgeChart
        opening={{ label: before === undefined ? 'The month before' : monthName(before), amount: bridge['opening']! }}
        closing={{
          label: `${monthName(view.period!)}, ${preliminary ? 'preliminary' : 'issued'}`,
          amount: bridge['closing']!,
        }}
        steps={bridgeSteps(bridge)}
        preliminary={preliminary}
      />
    </Section>
  );
}
