import { Fragment } from 'preact';
import { language } from './language.ts';
import { refusalIn } from './refusal-texts.ts';

/** What says no: a rule of the engine by its code, or input without one. */
export interface Refusing {
  readonly code?: string;
  readonly message: string;
}

/** Why something was refused: in the reader's language where its words are known there, otherwise as the engine says it. */
export function Refused({ of }: { of: Refusing }) {
  const spoken = language();
  if (spoken === 'en') return <>{of.message}</>;
  const told = of.code === undefined ? undefined : refusalIn(spoken, of.code, of.message);
  return told === undefined ? <span lang="en">{of.message}</span> : <>{told}</>;
}

/** Reasons that the engine states, e.g. why a rule took nothing; several stand apart by semicolons. */
export function Why({ of }: { of: string }) {
  return (
    <>
      {of.split('; ').map((message, i) => (
        <Fragment key={message}>
          {i === 0 ? '' : '; '}
          <Refused of={{ code: 'why', message }} />
        </Fragment>
      ))}
    </>
  );
}
