import { hash, verify } from '@node-rs/argon2';
import { Refusal } from '../domain/errors.ts';

/** Argon2id with the least that OWASP advises: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const SHORTEST = 12;
const LONGEST = 200;

let nobodys: Promise<string> | undefined;

/** @throws Refusal weak_password */
export async function passwordHash(password: string): Promise<string> {
  if (password.length < SHORTEST || password.length > LONGEST)
    throw new Refusal('weak_password', `a password has ${SHORTEST} to ${LONGEST} characters`);
  return await hash(password, COST);
}

/** Whether a password is the one that was kept; takes as long when none was, so that nobody learns who has one. */
export async function isPassword(kept: string | null, password: string): Promise<boolean> {
  nobodys ??= hash('a password that nobody has', COST);
  const isRight = await verify(kept ?? (await nobodys), password.slice(0, LONGEST + 1));
  return isRight && kept !== null;
}
