import type { ContactExplanation, LineExplanation } from '../../application/explain.service.ts';
import { grouped, money } from '../format.ts';
import { Page, Section, type View } from '../layout.tsx';

type Fields = Readonly<Record<string, string | null>>;

export function LinePage({ view, explained }: { view: View; explained: LineExplanation }) {
  const line = explained.line as Fields;
  const pool = explained.pool as Fields;
  const rule = explained.rule as { name?: string } | null;
  return (
    <Page view={view} title="Explanation of a charge">
      <h1>
        {money(line['amount']!, view.currency)} for {line['reason_code'] ?? line['kind']}
      </h1>
      <p class="lead">
        {grouped(explained.sums.contacts)} contacts × standard quantity × rate, posted by largest remainder. The parts
        below sum to the charge.
      </p>
      <div class="columns">
        <div class="w6">
          <Section title="How the figure is made">
            <table>
              <tbody>
                <Row label="Contacts" value={grouped(explained.sums.contacts)} />
                <Row label="Priced quantity (seconds or contacts)" value={grouped(explained.sums.seconds)} />
                <Row label={`Rate, ${view.currency} for one of them`} value={line['rate'] ?? '–'} />
                <Row label="Posted" value={grouped(explained.sums.posted)} />
                <Row label="Sum of its contacts" value={grouped(explained.sums.amount)} />
              </tbody>
            </table>
          </Section>
        </div>
        <div class="w6">
          <Section title="Who, why and from which pool">
            <table>
              <tbody>
                <Row label="Unit" value={line['unit_code']!} />
                <Row label="Decision" value={line['decision_code'] ?? 'none: the unit owns the reason'} />
                <Row label="Rule" value={rule?.name ?? '–'} />
                <Row label="Evidence tier" value={line['tier'] ?? '–'} />
                <Row label="Treatment" value={line['treatment']!} />
                <Row label="Cost pool" value={line['pool_code']!} />
                <Row label="Cost of the pool" value={grouped(pool['cost']!)} />
                <Row label="Practical capacity" value={grouped(pool['practicalSeconds']!)} />
              </tbody>
            </table>
          </Section>
        </div>
      </div>
      {explained.ledgerEntries.length > 0 && (
        <Section title={`${explained.ledgerEntries.length} ledger entries make the pool's own cost`} sub="the first 50">
          <div class="scroll">
            <table>
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
            </table>
          </div>
        </Section>
      )}
      <Section
        title={`${explained.contactCount} contacts stand behind it`}
        sub={`the first ${explained.contacts.length}; a share below 1 went partly elsewhere`}
      >
        <div class="scroll">
          <table>
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
                  <td>{contact.reason}</td>
                  <td class="n">{contact.share}</td>
                  <td class="n">{contact.seconds}</td>
                  <td class="n">{grouped(contact.amount)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
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
            <table>
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
            </table>
          </Section>
          <Section title="Where it stands in the books">
            <table>
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
            </table>
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
