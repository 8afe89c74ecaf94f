import { Catch, HttpException, type ArgumentsHost, type HttpServer } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import type { Request, Response } from 'express';
import { renderToString } from 'preact-render-to-string';
import type { Logger } from 'pino';
import { RefusalPage } from './pages/plain.tsx';

const FOR_MACHINES = /^\/(healthz|readyz|assets\/.*)$/;
const TEXTS: Readonly<Record<number, string>> = {
  400: 'The address or the form cannot be read.',
  403: 'The form is too old or comes from elsewhere. Go back, load the page again, and repeat.',
  413: 'That is more than a form may hold.',
  429: 'Too many wrong tries. Wait a quarter of an hour.',
};

/** What no page has answered becomes a plain page: the status, one sentence, no stack and no words of a library. */
@Catch()
export class PageFaults extends BaseExceptionFilter {
  constructor(
    server: HttpServer,
    private readonly log: Logger,
  ) {
    super(server);
  }

  override catch(fault: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    if (FOR_MACHINES.test(request.path)) {
      super.catch(fault, host);
      return;
    }
    const status = statusOf(fault);
    if (status >= 500) this.log.error({ err: fault, path: request.path }, 'a page failed');
    if (response.headersSent) {
      response.end();
      return;
    }
    sendRefusal(response, status, TEXTS[status] ?? TEXTS[400]!);
  }
}

/** A refusal as a page. Missing and not yours are one answer, the same for every address. */
export function sendRefusal(response: Response, status: number, message: string, next?: string): void {
  response
    .status(status)
    .type('html')
    .send(`<!doctype html>${renderToString(<RefusalPage status={status} message={message} next={next} />)}`);
}

function statusOf(fault: unknown): number {
  if (fault instanceof HttpException) return fault.getStatus();
  if (fault instanceof URIError) return 400;
  const { statusCode } = (fault ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 600 ? statusCode : 500;
}
