import type { ContactExplanation, LineExplanation } from '../../application/explain.service.ts';
import { counted, grouped, money, monthYear } from '../format.ts';
import { Page, Section, type View } from '../layout.tsx';
import { Table } from '../table.tsx';
import { kindName } from './statement-groups.ts';

type Fields = Readonly<Record<string, string | null>>;

export function LinePage({
  view,
  explained,
  reasons,
}: {
  view: View;
  explained: LineExplanation;
  reasons: ReadonlyMap<string, string>;
}) {
  const line = explained.line as Fields;
  const pool = explained.pool as Fields;
  const rule = explained.rule as { name?: string } | null;
  const reason = line['reason_code'] ?? null;
  const what = reason === null ? kindName(line['kind']!) : (reasons.get(reason) ?? reason);
  return (
    <Page view={view} title="Explanation of a charge">
      <p class="sub">
        <a href={`/statements/${explained.period}`}>Statements</a> › {monthYear(explained.period)} ›{' '}
        <a href={`/statements/${explained.period}/${encodeURIComponent(line['unit_code']!)}`}>{line['unit_code']}</a> ›{' '}
        {what}
      </p>
      <h1>
        {money(line['amount']!, view.currency)} for {what}
      </h1>
      <p class="lead">
        {explained.contactCount === 0
          ? 'Charged from the pool as a whole: no contact stands behind it.'
          : `${grouped(explained.sums.contacts)} contacts × standard quantity × rate, posted by largest remainder. The parts below sum to the charge.`}
      </p>
      <div class="columns">
        <div class="w6">
          <Section title="How the figure is made">
            <Table focusable>
              <tbody>
                <Row label="Contacts" value={grouped(explained.sums.contacts)} />
                <Row label="Priced quantity (seconds or contacts)" value={grouped(explained.sums.seconds)} />
                <Row label={`Rate, ${view.currency} for one of them`} value={line['rate'] ?? '–'} />
                <Row label="Posted" value={grouped(explained.sums.posted)} />
                <Row label="Sum of its contacts" value={grouped(explained.sums.amount)} />
              </tbody>
            </Table>
          </Section>
        </div>
        <div class="w6">
          <Section title="Who, why and from which pool">
            <Table focusable>
              <tbody>
                <Row label="Unit" value={line['unit_code']!} />
                <Row label="Decision" value={line['decision_code'] ?? 'none: the unit owns the reason'} />
                <Row label="Rule" value={rule?.name ?? '–'} />
                <Row label="Evidence tier" value={line['tier'] ?? '–'} />
                <Row label="Treatment" value={line['treatment']!} />
                <Row label="Cost pool" value={line['pool_code']!} />
                <Row label="Cost of the pool" value={grouped(pool['cost']!)} />
                <Row label="Practical capacity, seconds" value={grouped(pool['practicalSeconds']!)} />
              </tbody>
            </Table>
          </Section>
        </div>
      </div>
      {explained.ledgerEntries.length > 0 && (
        <Section
          title={`${counted(explained.ledgerEntries.length, 'ledger entry', 'ledger entries')} behind the pool’s own cost`}
          sub={explained.ledgerEntries.length > 50 ? 'the first 50' : view.currency}
        >
          <Table focusable>
            <thead>
              <tr>
                <th>Entry</th>
                <th>Account</th>
                <th>Cost center</th>
                <th>Text</th>
                <th class="n">Amount</th>
                <th>Currency</th>
              </tr>
            </thead>
            <tbody>
              {(explained.ledgerEntries as Fields[]).slice(0, 50).map((entry) => (
                <tr key={entry['entry']!}>
                  <td>{entry['entry']}</td>
                  <td>{entry['account']}</td>
                  <td>{entry['costCenter']}</td>
                  <td>{entry['description']}</td>
                  <td class="n">{grouped(entry['amount']!)}</td>
                  <td>{entry['currency']}</td>
                </tr>
              ))}
            </tbody>
          </Table>
        </Section>
      )}
      <Section
        title={`${counted(explained.contactCount, 'contact', 'contacts')} behind it`}
        sub={`${explained.contacts.length < explained.contactCount ? `the first ${explained.contacts.length}; ` : ''}a share below 1 went partly elsewhere`}
      >
        <Table focusable>
          <thead>
            <tr>
              <th>Contact</th>
              <th>Reason</th>
              <th class="n">Share</th>
              <th class="n">Quantity</th>
              <th class="n">Amount</th>
            </tr>
          </thead>
          <tbody>
            {explained.contacts.map((contact) => (
              <tr key={contact.contact}>
                <td>
                  {view.actor.role === 'unit_owner' ? (
                    contact.contact
                  ) : (
                    <a href={`/explain/contact/${encodeURIComponent(contact.contact)}`}>{contact.contact}</a>
                  )}
                </td>
                <td>{reasons.get(contact.reason) ?? contact.reason}</td>
                <td class="n">{contact.share}</td>
                <td class="n">{contact.seconds}</td>
                <td class="n">{grouped(contact.amount)}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      </Section>
    </Page>
  );
}

export function ContactPage({ view, explained }: { view: View; explained: ContactExplanation }) {
  return (
    <Page view={view} title={`Contact ${explained.contact.id}`}>
      <h1>Contact {explained.contact.id}</h1>
      <p class="lead">
        {explained.contact.startedAt}, {explained.contact.handleSeconds ?? 'no'} handle seconds;{' '}
        {explained.contact.file}, line {explained.contact.line}.
      </p>
      {explained.reasons.map((reason) => (
        <div key={reason.reason}>
          <Section
            title={`Reason ${reason.reason}: what each rule did`}
            sub={reason.keptByService === null ? '' : `kept by service: ${reason.keptByService}`}
          >
            <Table focusable>
              <thead>
                <tr>
                  <th>Rule</th>
                  <th class="n">Took</th>
                  <th>Why</th>
                </tr>
              </thead>
              <tbody>
                {reason.rules.map((rule) => (
                  <tr key={rule.rule}>
                    <td>{rule.rule}</td>
                    <td class="n">{rule.took}</td>
                    <td>{rule.why}</td>
                  </tr>
                ))}
              </tbody>
            </Table>
          </Section>
          <Section title="Where it stands in the books">
            <Table focusable>
              <thead>
                <tr>
                  <th>Pool</th>
                  <th>Unit</th>
                  <th>Decision</th>
                  <th class="n">Contacts</th>
                  <th class="n">Amount</th>
                  <th>Line</th>
                </tr>
              </thead>
              <tbody>
                {reason.shares.map((share) => (
                  <tr key={`${share.pool} ${share.line}`}>
                    <td>{share.pool}</td>
                    <td>{share.unit ?? share.service}</td>
                    <td>{share.decision}</td>
                    <td class="n">{share.contacts}</td>
                    <td class="n">{share.amount === null ? '–' : grouped(share.amount)}</td>
                    <td>{share.line && <a href={`/explain/line/${share.line}`}>{share.line}</a>}</td>
                  </tr>
                ))}
              </tbody>
            </Table>
          </Section>
        </div>
      ))}
    </Page>
  );
}

function Row({ label, value }: { label: string; value: string }) {
  return (
    <tr>
      <td>{label}</td>
      <td class="n">{value}</td>
    </tr>
  );
}
