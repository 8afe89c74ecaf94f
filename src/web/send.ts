import type { Response } from 'express';
import type { VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { speechOf } from './language-choice.ts';
import { speaking } from './language.ts';

/** Answers with a page in the reader's language. */
export function send(response: Response, status: number, page: VNode): void {
  const speech = speechOf(response);
  response
    .status(status)
    .type('html')
    .vary('Accept-Language, Cookie')
    .set('Content-Language', speech.language)
    .send(`<!doctype html>${speaking(speech, () => renderToString(page))}`);
}
