import { InBar } from '../charts/in-bar.tsx';
import { grouped, length, minor, monthYear, rounded } from '../format.ts';
import { Page, Section, type View } from '../layout.tsx';
import { Table } from '../table.tsx';
import type { UnitStatement } from './statement-groups.ts';

export function StatementsPage({ view, units }: { view: View; units: readonly UnitStatement[] }) {
  const most = units.reduce((top, unit) => (minor(unit.gross) > top ? minor(unit.gross) : top), 1n);
  return (
    <Page view={view} title={`Statements, ${monthYear(view.period!)}`}>
      <h1>
        {units.length} statements for {monthYear(view.period!)}
      </h1>
      <p class="lead">
        {view.state === 'closed' ? 'Issued; they never change.' : 'Preliminary until they are issued.'}
      </p>
      <Section title="By unit" sub={`${view.currency}, gross charge, one scale`}>
        <Table>
          <thead>
            <tr>
              <th>Unit</th>
              <th class="n">Contacts</th>
              <th class="n">Gross charge</th>
              <th aria-hidden="true"></th>
              <th>sha256</th>
            </tr>
          </thead>
          <tbody>
            {units.map((unit) => (
              <tr key={unit.unit}>
                <td>
                  <a href={`/statements/${view.period}/${encodeURIComponent(unit.unit)}`}>{unit.name}</a>
                </td>
                <td class="n">{grouped(rounded(unit.contacts, 1))}</td>
                <td class="n">{grouped(unit.gross)}</td>
                <td>
                  <InBar percent={length(minor(unit.gross), most)} />
                </td>
                <td class="hash mute">{unit.sha256.slice(0, 16)}…</td>
              </tr>
            ))}
          </tbody>
        </Table>
      </Section>
    </Page>
  );
}
