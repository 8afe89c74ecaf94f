import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { LANGUAGES, speaking, type Language, type Speech } from './language.ts';

const YEAR_MS = 365 * 24 * 3_600_000;

/**
 * Which language an answer is in: the reader's choice (`?language=de` on any page, kept in a cookie), else the best that
 * the browser asks for, else English. Needs the cookies read.
 */
export function chooseLanguage(secure: boolean): RequestHandler {
  const cookie = secure ? '__Host-answerable-language' : 'answerable-language';
  return (request: Request, response: Response, next: NextFunction) => {
    const { language: wanted, ...others } = request.query;
    const reads = request.method === 'GET' || request.method === 'HEAD';
    const address = addressOf(request.path, others);
    if (isLanguage(wanted) && reads) {
      response.cookie(cookie, wanted, { httpOnly: true, sameSite: 'lax', secure, path: '/', maxAge: YEAR_MS });
      response.redirect(303, address);
      return;
    }
    const chosen: unknown = (request.cookies as Readonly<Record<string, unknown>>)[cookie];
    const accepted = request.acceptsLanguages([...LANGUAGES]);
    const language = isLanguage(chosen) ? chosen : isLanguage(accepted) ? accepted : 'en';
    // Where a form went is no page to come back to.
    response.locals['speech'] = { language, address: reads ? address : '/' } satisfies Speech;
    next();
  };
}

/** Lets all that follows speak the language chosen; stands last, since reading a body or a session may lose it. */
export function speak(_request: Request, response: Response, next: NextFunction): void {
  speaking(speechOf(response), () => next());
}

/** English for a request that failed before a language was chosen. */
export function speechOf(response: Response): Speech {
  const { speech } = response.locals as { speech?: Speech };
  return speech ?? { language: 'en', address: '/' };
}

function isLanguage(value: unknown): value is Language {
  return LANGUAGES.some((language) => language === value);
}

/** On this host: one slash begins it, so that no address of another host can be made of it. */
function addressOf(path: string, query: Request['query']): string {
  const fields = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    for (const one of Array.isArray(value) ? value : [value]) if (typeof one === 'string') fields.append(name, one);
  const text = fields.toString();
  return `/${path.replace(/^[/\\]+/, '')}${text === '' ? '' : `?${text}`}`;
}
