import { randomBytes } from 'node:crypto';
import connectPgSimple from 'connect-pg-simple';
import { doubleCsrf } from 'csrf-csrf';
import cookieParser from 'cookie-parser';
import session from 'express-session';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';

declare module 'express-session' {
  interface SessionData {
    login: string;
  }
}

export interface WebSettings {
  readonly databaseUrl: string;
  readonly secret: string;
  /** true when the pages are reached by https: cookies are then host-bound and secure */
  readonly secure: boolean;
}

const IDLE_MS = 30 * 60_000;

/** Headers, sessions in PostgreSQL, and a CSRF token on every form: what stands before every page. */
export function useSessions(app: Express, settings: WebSettings): void {
  const Store = connectPgSimple(session);
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
  app.use(cookieParser());
  app.use(express.urlencoded({ extended: false, limit: '64kb' }));
  app.use(
    session({
      store: new Store({ conString: settings.databaseUrl, tableName: 'web_session', pruneSessionInterval: 900 }),
      name: settings.secure ? '__Host-answerable' : 'answerable',
      secret: settings.secret,
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
    getCsrfTokenFromRequest: (request) => (request.body as { csrf?: string } | undefined)?.csrf,
  });
  app.use((request: Request, response: Response, next: NextFunction) => {
    response.locals['csrf'] = generateCsrfToken(request, response);
    response.setHeader('Cache-Control', 'no-store');
    next();
  });
  app.use(doubleCsrfProtection);
}
