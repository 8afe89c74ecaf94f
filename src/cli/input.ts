import { readFileSync } from 'node:fs';
import { WrongUsage } from './failure.ts';

/** Text of a file named on the command line; - is stdin. @throws WrongUsage when it cannot be read */
export function readText(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    throw new WrongUsage(`${path} cannot be read: ${(error as Error).message}`);
  }
}

/** Name of such a file in messages. */
export const inputName = (path: string): string => (path === '-' ? 'stdin' : path);
