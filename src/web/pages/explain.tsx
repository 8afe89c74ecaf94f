import type { ContactExplanation, LineExplanation } from '../../application/explain.service.ts';
import type { Words } from '../../application/words.service.ts';
import { counted, grouped, money, monthYear } from '../format.ts';
import { t } from '../language.ts';
import { Page, Section, type View } from '../layout.tsx';
import { Why } from '../refused.tsx';
import { Table } from '../table.tsx';
import { treatmentName } from '../words.ts';
import { kindName } from './statement-groups.ts';
import { WordsSection } from './words-section.tsx';

type Fields = Readonly<Record<string, string | null>>;

export function LinePage({
  view,
  explained,
  reasons,
  words,
}: {
  view: View;
  explained: LineExplanation;
  reasons: ReadonlyMap<string, string>;
  /** null until somebody asks for them */
  words: readonly Words[] | null;
}) {
  const line = explained.line as Fields;
  const pool = explained.pool as Fields;
  const rule = explained.rule as { name?: string } | null;
  const reason = line['reason_code'] ?? null;
  const what = reason === null ? kindName(line['kind']!) : (reasons.get(reason) ?? reason);
  return (
    <Page view={view} title={t('Explanation of a charge')}>
      <p class="sub">
        <a href={`/statements/${explained.period}`}>{t('Statements')}</a> › {monthYear(explained.period)} ›{' '}
        <a href={`/statements/${explained.period}/${encodeURIComponent(line['unit_code']!)}`}>{line['unit_code']}</a> ›{' '}
        {what}
      </p>
      <h1>{t('{amount} for {what}', { amount: money(line['amount']!, view.currency), what })}</h1>
      <p class="lead">
        {explained.contactCount === 0
          ? t('Charged from the pool as a whole: no contact stands behind it.')
          : t(
              '{contacts} contacts × standard quantity × rate, posted by largest remainder. The parts below sum to the charge.',
              { contacts: grouped(explained.sums.contacts) },
            )}
      </p>
      <div class="columns">
        <div class="w6">
          <Section title={t('How the figure is made')}>
            <Table focusable>
              <tbody>
                <Row label={t('Contacts')} value={grouped(explained.sums.contacts)} />
                <Row label={t('Priced quantity (seconds or contacts)')} value={grouped(explained.sums.seconds)} />
                <Row
                  label={t('Rate, {currency} for one of them', { currency: view.currency })}
                  value={line['rate'] === undefined || line['rate'] === null ? '–' : grouped(line['rate'])}
                />
                <Row label={t('Posted')} value={grouped(explained.sums.posted)} />
                <Row label={t('Sum of its contacts')} value={grouped(explained.sums.amount)} />
              </tbody>
            </Table>
          </Section>
        </div>
        <div class="w6">
          <Section title={t('Who, why and from which pool')}>
            <Table focusable>
              <tbody>
                <Row label={t('Unit')} value={line['unit_code']!} />
                <Row label={t('Decision')} value={line['decision_code'] ?? t('none: the unit owns the reason')} />
                <Row label={t('Rule')} value={rule?.name ?? '–'} />
                <Row label={t('Evidence tier')} value={line['tier'] ?? '–'} />
                <Row label={t('Treatment')} value={treatmentName(line['treatment']!)} />
                <Row label={t('Cost pool')} value={line['pool_code']!} />
                <Row label={t('Own cost of the pool, by the ledger')} value={grouped(pool['ledger']!)} />
                <Row label={t('Support received from other pools')} value={grouped(pool['received']!)} />
                {/[1-9]/.test(pool['passedOn']!) && (
                  <Row label={t('Passed on to other pools')} value={grouped(`-${pool['passedOn']!}`)} />
                )}
                <Row label={t('Cost of the pool')} value={grouped(pool['cost']!)} />
                <Row label={t('Practical capacity, seconds')} value={grouped(pool['practicalSeconds']!)} />
              </tbody>
            </Table>
          </Section>
        </div>
      </div>
      {explained.ledgerEntries.length > 0 && (
        <Section
          title={counted(
            explained.ledgerEntries.length,
            'ledger entry behind the pool’s own cost',
            'ledger entries behind the pool’s own cost',
          )}
          sub={explained.ledgerEntries.length > 50 ? t('the first 50') : view.currency}
        >
          <Table focusable>
            <thead>
              <tr>
                <th>{t('Entry')}</th>
                <th>{t('Account')}</th>
                <th>{t('Cost center')}</th>
                <th>{t('Text')}</th>
                <th class="n">{t('Amount')}</th>
                <th>{t('Currency')}</th>
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
        title={counted(explained.contactCount, 'contact behind it', 'contacts behind it')}
        sub={
          explained.contacts.length < explained.contactCount
            ? t('the first {count}; a share below 1 went partly elsewhere', { count: explained.contacts.length })
            : t('a share below 1 went partly elsewhere')
        }
      >
        <Table focusable>
          <thead>
            <tr>
              <th>{t('Contact')}</th>
              <th>{t('Reason')}</th>
              <th class="n">{t('Share')}</th>
              <th class="n">{t('Quantity')}</th>
              <th class="n">{t('Amount')}</th>
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
                <td class="n">{grouped(contact.share)}</td>
                <td class="n">{grouped(contact.seconds)}</td>
                <td class="n">{grouped(contact.amount)}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      </Section>
      {explained.contactCount > 0 && (
        <WordsSection
          view={view}
          action={`/explain/line/${encodeURIComponent(line['line_id']!)}/words`}
          words={words}
        />
      )}
    </Page>
  );
}

export function ContactPage({ view, explained }: { view: View; explained: ContactExplanation }) {
  return (
    <Page view={view} title={t('Contact {id}', { id: explained.contact.id })}>
      <h1>{t('Contact {id}', { id: explained.contact.id })}</h1>
      <p class="lead">
        {explained.contact.startedAt},{' '}
        {explained.contact.handleSeconds === null
          ? t('no handle seconds')
          : t('{seconds} handle seconds', { seconds: grouped(String(explained.contact.handleSeconds)) })}
        ; {t('{file}, line {line}', { file: explained.contact.file, line: explained.contact.line })}.
      </p>
      {explained.reasons.map((reason) => (
        <div key={reason.reason}>
          <Section
            title={t('Reason {reason}: what each rule did', { reason: reason.reason })}
            sub={
              reason.keptByService === null
                ? ''
                : t('kept by service: {share}', { share: grouped(reason.keptByService) })
            }
          >
            <Table focusable>
              <thead>
                <tr>
                  <th>{t('Rule')}</th>
                  <th class="n">{t('Took')}</th>
                  <th>{t('Why')}</th>
                </tr>
              </thead>
              <tbody>
                {reason.rules.map((rule) => (
                  <tr key={rule.rule}>
                    <td>{rule.rule}</td>
                    <td class="n">{grouped(rule.took)}</td>
                    <td>
                      <Why of={rule.why} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </Table>
          </Section>
          <Section title={t('Where it stands in the books')}>
            <Table focusable>
              <thead>
                <tr>
                  <th>{t('Pool')}</th>
                  <th>{t('Unit')}</th>
                  <th>{t('Decision')}</th>
                  <th class="n">{t('Contacts')}</th>
                  <th class="n">{t('Amount')}</th>
                  <th>{t('Line ‖ statement')}</th>
                </tr>
              </thead>
              <tbody>
                {reason.shares.map((share) => (
                  <tr key={`${share.pool} ${share.line}`}>
                    <td>{share.pool}</td>
                    <td>{share.unit ?? share.service}</td>
                    <td>{share.decision}</td>
                    <td class="n">{grouped(share.contacts)}</td>
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
