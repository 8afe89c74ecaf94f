import { Refusal } from '../../domain/errors.ts';
import { CodeBook } from '../codes.ts';
import { calendar } from './calendar.ts';
import { capacity } from './capacity.ts';
import { contactSegments } from './contact-segments.ts';
import { contacts } from './contacts.ts';
import { customers } from './customers.ts';
import { decisionOwners } from './decision-owners.ts';
import { decisions } from './decisions.ts';
import { exposures } from './exposures.ts';
import { fx } from './fx.ts';
import { instruments } from './instruments.ts';
import { KIND_NAMES, type Kind } from './kind.ts';
import { ledger } from './ledger.ts';
import { reasons } from './reasons.ts';
import { revenue } from './revenue.ts';
import { surveys } from './surveys.ts';
import { units } from './units.ts';
import { volumes } from './volumes.ts';

/** All kinds of tables, in the order in which a folder is imported: what is named comes before what names it. */
export const KINDS: readonly Kind[] = [
  units,
  reasons,
  decisions,
  decisionOwners,
  fx,
  capacity,
  ledger,
  customers,
  volumes,
  calendar,
  contacts,
  contactSegments,
  exposures,
  revenue,
  instruments,
  surveys,
];

/** Kinds whose rows fix the company: after the first of them currency and time zone stay. */
export const FACT_KINDS: readonly string[] = KINDS.filter(
  (kind) => kind.store === 'fact' || kind.name === 'ledger',
).map((kind) => kind.name);

const SHORT_NAMES: ReadonlyMap<string, string> = new Map([
  ['owners', 'decision_owners'],
  ['segments', 'contact_segments'],
]);

/** @throws Refusal unknown_kind, with the nearest name */
export function kindNamed(name: string): Kind {
  const wanted = SHORT_NAMES.get(name) ?? name.replaceAll('-', '_');
  const kind = KINDS.find((k) => k.name === wanted);
  if (kind !== undefined) return kind;
  const nearest = new CodeBook('kind', KIND_NAMES).nearest(wanted);
  throw new Refusal('unknown_kind', `there is no kind of input "${name}"`, {
    kind: 'not_found',
    next: nearest === undefined ? `kinds: ${KIND_NAMES.join(', ')}` : `did you mean ${nearest}?`,
  });
}
