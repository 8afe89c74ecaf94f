import { randomBytes } from 'node:crypto';
import connectPgSimple from 'connect-pg-simple';
import { doubleCsrf } from 'csrf-csrf';
import cookieParser from 'cookie-parser';
import session from 'express-session';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import type { OidcTrip } from './oidc.ts';
import { fileOfForm } from './file-of-form.ts';
import { chooseLanguage, speak } from './language-choice.ts';

declare module 'express-session' {
  interface SessionData {
    login: string;
    /** milliseconds since 1970 */
    signedInAt: number;
    /** sent to the organisation's server and not yet back */
    oidc: OidcTrip;
  }
}

export interface WebSettings {
  readonly databaseUrl: string;
  readonly secret: string;
  /** true when the pages are reached by https: cookies are then host-bound and secure */
  readonly secure: boolean;
}

const IDLE_MS = 30 * 60_000;
/** However busy, one signs in again after a working day. */
export const LONGEST_SESSION_MS = 8 * 3_600_000;

/** What machines ask: no session, no row in the database for each look. */
const WITHOUT_SESSION = /^\/(healthz|readyz|(assets|api)\/.*)$/;

/**
 * Headers, sessions in PostgreSQL, and a CSRF token on every form: what stands before every page.
 * @returns what ends the connections of the session store
 */
export function useSessions(app: Express, settings: WebSettings): () => Promise<void> {
  const Store = connectPgSimple(session);
  const store = new Store({
    conString: settings.databaseUrl,
    tableName: 'web_session',
    pruneSessionInterval: 900,
    errorLog: () => undefined, // the request that met the error reports it
  });
  app.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          scriptSrc: ["'self'"],
          styleSrc: ["'self'"],
          imgSrc: ["'self'", 'data:'],
          connectSrc: ["'self'"],
          fontSrc: ["'self'"],
          formAction: ["'self'"],
          frameAncestors: ["'none'"],
          baseUri: ["'none'"],
        },
      },
      strictTransportSecurity: settings.secure,
    }),
  );
  const pages = express.Router();
  pages.use(cookieParser());
  pages.use(chooseLanguage(settings.secure));
  pages.use(express.urlencoded({ extended: false, limit: '64kb' }));
  pages.use(
    session({
      store,
      name: settings.secure ? '__Host-answerable' : 'answerable',
      secret: settings.secret,
      // With an https address the service stands behind a proxy that ends TLS and says so in X-Forwarded-Proto.
      proxy: settings.secure,
      resave: false,
      saveUninitialized: true,
      rolling: true,
      genid: () => randomBytes(24).toString('base64url'),
      cookie: { httpOnly: true, sameSite: 'lax', secure: settings.secure, path: '/', maxAge: IDLE_MS },
    }),
  );
  const { generateCsrfToken, doubleCsrfProtection } = doubleCsrf({
    getSecret: () => settings.secret,
    getSessionIdentifier: (request) => request.session.id,
    cookieName: settings.secure ? '__Host-answerable-csrf' : 'answerable-csrf',
    cookieOptions: { sameSite: 'lax', secure: settings.secure, path: '/', httpOnly: true },
    getCsrfTokenFromRequest: (request) => {
      const { csrf } = (request.body ?? {}) as { csrf?: unknown };
      return typeof csrf === 'string' ? csrf : undefined;
    },
  });
  pages.use((request: Request, response: Response, next: NextFunction) => {
    response.locals['csrf'] = generateCsrfToken(request, response);
    response.setHeader('Cache-Control', 'no-store');
    next();
  });
  // The token of a form with a file is read with the file.
  pages.post('/imports', fileOfForm());
  pages.use(doubleCsrfProtection);
  pages.use(speak);
  app.use((request: Request, response: Response, next: NextFunction) => {
    if (WITHOUT_SESSION.test(request.path)) next();
    else pages(request, response, next);
  });
  // Typed as void, but it ends its pool and says when.
  return () => store.close() as unknown as Promise<void>;
}
