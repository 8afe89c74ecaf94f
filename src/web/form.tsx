import type { Request } from 'express';
import type { ComponentChildren } from 'preact';
import { InvalidInput, Refusal } from '../domain/errors.ts';
import { t } from './language.ts';
import type { View } from './layout.tsx';
import { Refused, type Refusing } from './refused.tsx';
import { figureTyped } from './typed-figure.ts';

/** What was typed, by field; a field that was sent twice or left out is absent. @throws Refusal bad_text */
export function typed(request: Request): Readonly<Record<string, string>> {
  const fields: Record<string, string> = {};
  for (const [name, value] of Object.entries((request.body ?? {}) as Record<string, unknown>)) {
    if (typeof value !== 'string') continue;
    if (value.includes('\0')) throw new Refusal('bad_text', `${name}: no text holds the character NUL`);
    fields[name] = value.trim();
  }
  return fields;
}

/** Absent when nothing was typed. */
export function optional(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : text;
}

/** A figure as plain decimal text; absent when nothing was typed. @throws Refusal ambiguous_figure */
export function figure(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : figureTyped(text);
}

/** What a form shows above itself when its deed was refused; anything else is no refusal and goes on. */
export function refusedWith(error: unknown): Refusing {
  if (error instanceof Refusal || error instanceof InvalidInput) return error;
  throw error;
}

/** A form that posts, with the token that proves it is ours. */
export function Form({ view, action, children }: { view: View; action: string; children: ComponentChildren }) {
  return (
    <form method="post" action={action}>
      <input type="hidden" name="csrf" value={view.csrf} />
      {children}
    </form>
  );
}

/** Why a deed was refused; takes the focus, so that a reader hears it first. */
export function Fault({ of }: { of: Refusing | null }) {
  if (of === null) return null;
  return (
    <p class="refusal" role="alert" id="fault" tabIndex={-1} autofocus>
      <Refused of={of} />
    </p>
  );
}

/** One field with its label and one sentence of help. */
export function Field({
  name,
  label,
  value = '',
  help,
  required = false,
  long = false,
  fault = false,
}: {
  name: string;
  label: string;
  value?: string | undefined;
  help?: string;
  required?: boolean;
  long?: boolean;
  /** true when a fault stands above the form */
  fault?: boolean;
}) {
  const described = [...(help === undefined ? [] : [`help-${name}`]), ...(fault ? ['fault'] : [])].join(' ');
  const shared = { id: name, name, required, 'aria-describedby': described === '' ? undefined : described };
  return (
    <>
      <label for={name}>
        {label}
        {required ? '' : ` ${t('(may stay empty)')}`}
      </label>
      {long ? (
        <textarea {...shared} rows={3} maxLength={4000}>
          {value}
        </textarea>
      ) : (
        <input {...shared} type="text" value={value} maxLength={200} autocomplete="off" />
      )}
      {help !== undefined && (
        <p class="note" id={`help-${name}`}>
          {help}
        </p>
      )}
    </>
  );
}
