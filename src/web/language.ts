import { AsyncLocalStorage } from 'node:async_hooks';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ComponentChildren } from 'preact';
import { packageRoot } from '../package-root.ts';

/** What the pages are written in. English is the text in the code; the other languages are files of templates/labels. */
export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Of each language in its own words. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'English', de: 'Deutsch' };

/** Names of the {places} in a text: `'{a} of {b}'` has 'a' | 'b'. */
type Places<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Places<Rest> : never;
type Values<Text extends string, Value> = [Places<Text>] extends [never]
  ? []
  : [values: Readonly<Record<Places<Text>, Value>>];

/** After this stands what tells two equal English texts apart; it is never shown. */
const CONTEXT = ' ‖ ';

const LABELS: Readonly<Record<Exclude<Language, 'en'>, ReadonlyMap<string, string>>> = {
  de: new Map(
    Object.entries(
      JSON.parse(readFileSync(join(packageRoot, 'templates', 'labels', 'de.json'), 'utf8')) as Record<string, string>,
    ),
  ),
};

/** What an answer is written in, and where it is found: path and query, for the links to its other languages. */
export interface Speech {
  readonly language: Language;
  readonly address: string;
}

const ofThisAnswer = new AsyncLocalStorage<Speech>();
const ENGLISH: Speech = { language: 'en', address: '/' };

/** All that the deed says and awaits is said so. */
export function speaking<Result>(speech: Speech, deed: () => Result): Result {
  return ofThisAnswer.run(speech, deed);
}

/** Of the answer under way; English where nobody asked for another. */
export function speech(): Speech {
  return ofThisAnswer.getStore() ?? ENGLISH;
}

export function language(): Language {
  return speech().language;
}

/** A text that a table holds and `t` says later. */
export function label<const Text extends string>(text: Text): Text {
  return text;
}

/** A text in the language of the answer, its {places} filled. Names and reasons that people gave are values, never texts. */
export function t<const Text extends string>(text: Text, ...[values]: Values<Text, string | number>): string {
  return said(text).replace(/\{(\w+)\}/g, (whole, name: string) =>
    String((values as Readonly<Record<string, string | number>> | undefined)?.[name] ?? whole),
  );
}

/** As `t`, with elements in the places. */
export function rich<const Text extends string>(
  text: Text,
  ...[values]: Values<Text, ComponentChildren>
): ComponentChildren[] {
  return said(text)
    .split(/\{(\w+)\}/)
    .map((part, i) => (i % 2 === 0 ? part : (values as Readonly<Record<string, ComponentChildren>>)[part]));
}

/** Whether the language has words for the text; English has them for all. */
export function isSaid(text: string): boolean {
  const spoken = language();
  return spoken === 'en' || LABELS[spoken].has(text);
}

function said(text: string): string {
  const spoken = language();
  const found = spoken === 'en' ? undefined : LABELS[spoken].get(text);
  if (found !== undefined) return found;
  const end = text.indexOf(CONTEXT);
  return end < 0 ? text : text.slice(0, end);
}
