import { createHmac } from 'node:crypto';
import { Refusal } from '../domain/errors.ts';
import { CustomerHash } from './customer-hash.ts';

const hash = new CustomerHash();

/** Key under which facts of a customer meet: the first 8 bytes of SHA-256 of the customer's id, as a signed integer. */
export function customerKey(customerId: string): bigint {
  hash.ofAny(Buffer.from(customerId));
  return (BigInt(hash.high) << 32n) | BigInt(hash.low >>> 0);
}

/** How customer ids are stored: as given, or as a keyed hash that only the holder of the key can repeat. */
export type Pseudonym = (customerId: string) => string;

/** @throws Refusal pseudonym_key_missing when the company wants pseudonyms and no key of 16 characters or more is set */
export function pseudonym(pseudonymise: boolean, key: string | undefined): Pseudonym {
  if (!pseudonymise) return (id) => id;
  if (key === undefined || key.length < 16) {
    throw new Refusal('pseudonym_key_missing', 'company.yaml says pseudonymise: true, and there is no key for it', {
      next: 'set ANSWERABLE_PSEUDONYM_KEY to a secret of at least 16 characters, the same one for every import',
    });
  }
  return (id) => createHmac('sha256', key).update(id).digest('hex').slice(0, 32);
}
