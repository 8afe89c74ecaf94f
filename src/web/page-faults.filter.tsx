import { Catch, HttpException, type ArgumentsHost, type HttpServer } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import type { Request, Response } from 'express';
import type { Logger } from 'pino';
import { label } from './language.ts';
import { RefusalPage } from './pages/plain.tsx';
import { send } from './send.ts';

const FOR_MACHINES = /^\/(healthz|readyz|assets\/.*)$/;
const TEXTS: Readonly<Record<number, string>> = {
  400: label('The address or the form cannot be read.'),
  403: label('The form is too old or comes from elsewhere. Go back, load the page again, and repeat.'),
  413: label('That is more than a form may hold.'),
  429: label('Too many wrong tries. Wait a quarter of an hour.'),
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
    send(response, status, <RefusalPage status={status} why={TEXTS[status] ?? TEXTS[400]!} />);
  }
}

function statusOf(fault: unknown): number {
  if (fault instanceof HttpException) return fault.getStatus();
  if (fault instanceof URIError) return 400;
  const { statusCode } = (fault ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 600 ? statusCode : 500;
}
