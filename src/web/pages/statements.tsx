import { InBar } from '../charts/in-bar.tsx';
import { grouped, length, minor, monthYear, rounded } from '../format.ts';
import { t } from '../language.ts';
import { Page, Section, type View } from '../layout.tsx';
import { Table } from '../table.tsx';
import type { UnitStatement } from './statement-groups.ts';

export function StatementsPage({ view, units }: { view: View; units: readonly UnitStatement[] }) {
  const most = units.reduce((top, unit) => (minor(unit.gross) > top ? minor(unit.gross) : top), 1n);
  return (
    <Page view={view} title={t('Statements, {month}', { month: monthYear(view.period!) })}>
      <h1>{t('{count} statements for {month}', { count: units.length, month: monthYear(view.period!) })}</h1>
      <p class="lead">
        {view.state === 'closed' ? t('Issued; they never change.') : t('Preliminary until they are issued.')}
      </p>
      <Section title={t('By unit')} sub={t('{currency}, gross charge, one scale', { currency: view.currency })}>
        <Table>
          <thead>
            <tr>
              <th>{t('Unit')}</th>
              <th class="n">{t('Contacts')}</th>
              <th class="n">{t('Gross charge')}</th>
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
